package api

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

func (a *API) deadLetters(ctx context.Context, in *Paging) (*list[usm.DeadLetter], error) {
	letters, cursor, err := a.reader.DeadLetters(ctx, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(letters, in.next(cursor)), nil
}

type replayInput struct {
	ID  int64  `path:"id" minimum:"1"`
	Key string `header:"Idempotency-Key" maxLength:"200"`
}

// replay sends a dead letter again. One that still finds no open call stays where it is.
func (a *API) replay(ctx context.Context, in *replayInput) (*signalOutput, error) {
	letter, err := a.reader.FindDeadLetter(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if letter.ReplayedAt != nil {
		return nil, usm.Errorf(usm.CodeConflict, "dead letter %d was replayed at %s", letter.ID, letter.ReplayedAt.Format(time.RFC3339))
	}
	RequestOf(ctx).Call = letter.Call
	err = a.desk.Signal(ctx, letter.Call, letter.Signal)
	if usm.CodeOf(err) == usm.CodeNotFound {
		return nil, usm.Errorf(usm.CodeConflict, "no open call has the number %s", letter.Call)
	}
	if err != nil {
		return nil, err
	}
	if err := a.intake.DeadLetterReplayed(ctx, letter.ID); err != nil {
		return nil, err
	}
	return &signalOutput{Body: signalStatus{Status: "delivered", ID: letter.Signal.ID, Source: letter.Signal.Source}}, nil
}
