package store

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

// PeopleAt are who may finish the step that a call waits for at a moment, for tests that ask about exact moments.
func (s *Store) PeopleAt(ctx context.Context, number string, at time.Time) ([]string, error) {
	var row viewRow
	if err := s.db.GetContext(ctx, &row, `SELECT `+viewColumns+` FROM calls c WHERE number = $1`, number); err != nil {
		return nil, err
	}
	view := []usm.CallView{row.view()}
	err := s.standingIn(ctx, &at, []viewRow{row}, view)
	return view[0].WaitingFor.People, err
}
