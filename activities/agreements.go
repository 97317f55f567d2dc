package activities

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Agreements holds the activity of the technical workflow that watches the validity of an agreement.
type Agreements struct {
	Registers Registers
}

// Turn writes a turn in the life of an agreement, or nothing when that has happened or has been overtaken.
func (a *Agreements) Turn(ctx context.Context, term usm.AgreementTerm, turn usm.AgreementTurn) error {
	return failure(a.Registers.Turn(ctx, term, turn))
}
