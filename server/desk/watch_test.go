package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"github.com/usm-works/usm/server/desk"
	"github.com/usm-works/usm/usm"
)

func TestActGivesUpEarlyWhenTemporalIsAway(t *testing.T) {
	t.Parallel()
	d, engine := setup(t, desk.Options{Act: time.Minute})
	engine.On("CheckHealth", mock.Anything, mock.Anything).Return(nil, serviceerror.NewUnavailable("gone")).Once()
	engine.On("UpdateWorkflow", mock.Anything, mock.Anything).Run(func(args mock.Arguments) {
		<-args.Get(0).(context.Context).Done() //nolint:errcheck // as the SDK does, which repeats what it cannot send
	}).Return(nil, context.Canceled).Once()
	began := time.Now()
	_, err := d.Act(t.Context(), "INC-000001", usm.Action{Name: usm.ActionNote, ID: "a"})
	require.Equal(t, usm.CodeUnavailable, usm.CodeOf(err))
	require.Less(t, time.Since(began), 10*time.Second)
}
