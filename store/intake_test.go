package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestIntake(t *testing.T) {
	t.Parallel()
	in := usm.IntakeRequest{Key: "k", Caller: "token-1", Fingerprint: "f"}
	answer := usm.IntakeAnswer{Status: 201, Header: map[string]string{"Location": "/x"}, Body: []byte{0, 1, 255}}

	t.Run("OneOfManyRequestsGetsTheClaimAndTheOthersItsAnswer", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		claims := 0
		for _, err := range atOnce(20, func(int) error { _, err := w.Begin(w.ctx(), in); return err }) {
			if err == nil {
				claims++
				continue
			}
			requireCode(t, usm.CodeInProgress, err)
		}
		require.Equal(t, 1, claims)
		require.NoError(t, w.Finish(w.ctx(), in, answer))
		done, err := w.Begin(w.ctx(), in)
		require.NoError(t, err)
		require.Equal(t, answer, done)
	})

	t.Run("AnotherContentUnderTheSameKeyIsRefusedAndAnotherCallerIsNot", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.Begin(w.ctx(), in)
		require.NoError(t, err)
		other := in
		other.Fingerprint = "g"
		_, err = w.Begin(w.ctx(), other)
		requireCode(t, usm.CodeKeyReused, err)
		other.Caller = "token-2"
		done, err := w.Begin(w.ctx(), other)
		require.NoError(t, err)
		require.Zero(t, done.Status)
	})

	t.Run("AnAnswerOf5xxFreesTheKey", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for range 2 {
			done, err := w.Begin(w.ctx(), in)
			require.NoError(t, err)
			require.Zero(t, done.Status)
			require.NoError(t, w.Finish(w.ctx(), in, usm.IntakeAnswer{Status: 503, Body: []byte("away")}))
		}
	})

	t.Run("AFreedKeyRemembersTheCallItRegistered", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var numbers []string
		for range 2 {
			_, err := w.Begin(w.ctx(), in)
			require.NoError(t, err)
			call, err := w.Register(w.ctx(), in, usm.Call{NewCall: asked(usm.Incident)})
			require.NoError(t, err)
			numbers = append(numbers, call.Number)
			require.NoError(t, w.Finish(w.ctx(), in, usm.IntakeAnswer{Status: 503}))
		}
		require.Equal(t, []string{"INC-000001", "INC-000001"}, numbers)
	})

	t.Run("AnOldClaimIsTakenOver", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.Begin(w.ctx(), in)
		require.NoError(t, err)
		require.NoError(t, w.exec(`UPDATE intake SET claimed_at = now() - interval '21 seconds'`))
		_, err = w.Begin(w.ctx(), in)
		require.NoError(t, err)
		_, err = w.Begin(w.ctx(), in)
		requireCode(t, usm.CodeInProgress, err)
	})
}

func TestRegister(t *testing.T) {
	t.Parallel()

	t.Run("NumbersEachRegisterByItself", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, kind := range usm.CallTypes() {
			for n := range 2 {
				call := w.register(asked(kind))
				require.Equal(t, kind.Number(int64(n+1)), call.Number)
				require.Equal(t, "eve", call.OpenedBy)
			}
		}
		for register, kind := range map[string]usm.CallType{
			"wishes": usm.Wish, "change_requests": usm.ChangeRequest, "incidents": usm.Incident,
			"service_requests": usm.ServiceRequest, "risks": usm.Risk,
		} {
			require.Equal(t, string(kind), read[string](w, `SELECT DISTINCT type FROM `+register))
		}
	})

	t.Run("TheSameKeyRegistersOneCall", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		in := usm.IntakeRequest{Key: "k", Caller: "c", Fingerprint: "f"}
		calls := make([]usm.Call, 20)
		for _, err := range atOnce(20, func(i int) (err error) {
			calls[i], err = w.Register(w.ctx(), in, usm.Call{NewCall: asked(usm.Incident), Typing: usm.Typing{Rule: 2, Reason: "broken"}})
			return err
		}) {
			require.NoError(t, err)
		}
		for _, call := range calls {
			require.Equal(t, calls[0], call)
		}
		require.Equal(t, 1, read[int](w, `SELECT count(*) FROM calls`))
		in.Fingerprint = "g"
		_, err := w.Register(w.ctx(), in, usm.Call{NewCall: asked(usm.Incident)})
		requireCode(t, usm.CodeKeyReused, err)
	})

	t.Run("RefusesWhatIsNotThereAllAtOnce", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		_, err := w.Register(w.ctx(), usm.IntakeRequest{}, usm.Call{NewCall: asked("cat", by("nobody"), about("fax"))})
		require.Equal(t, []usm.FieldError{
			{Pointer: "/requester", Detail: `there is no person "nobody"`},
			{Pointer: "/service", Detail: `there is no service "fax"`},
			{Pointer: "/type", Detail: "a call has one of the five types"},
		}, refusal(t, usm.CodeInvalid, err).Fields)
		require.Zero(t, read[int](w, `SELECT count(*) FROM calls`))
	})

	t.Run("LinksACallToTheOneItWasRaisedFrom", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		parent := w.register(asked(usm.Incident))
		raised := w.register(asked(usm.Risk, func(c *usm.NewCall) { c.Parent = parent.Number }))
		require.Equal(t, parent.Number, w.view(raised.Number).Parent)
		require.False(t, w.view(raised.Number).Forked)
		require.Equal(t, []usm.Link{{To: raised.Number, Kind: "raised"}}, w.view(parent.Number).Links)
	})
}

func TestPending(t *testing.T) {
	t.Parallel()

	t.Run("GivesEachCallToOneGatewayOldestFirst", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var numbers []string
		for range 6 {
			numbers = append(numbers, w.register(asked(usm.Incident)).Number)
		}
		calls, err := w.Pending(w.ctx(), 10)
		require.NoError(t, err)
		require.Empty(t, calls, "they are younger than a second")
		w.age("created_at", 2)

		taken := make([][]usm.Call, 3)
		for _, err := range atOnce(3, func(i int) (err error) { taken[i], err = w.Pending(w.ctx(), 2); return err }) {
			require.NoError(t, err)
		}
		var all []string
		for _, calls := range taken {
			for _, call := range calls {
				all = append(all, call.Number)
			}
		}
		require.ElementsMatch(t, numbers, all)
		none, err := w.Pending(w.ctx(), 10)
		require.NoError(t, err)
		require.Empty(t, none)
	})

	t.Run("GivesACallAgainWhenTheFirstGatewayDidNotStartIt", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		first, second := w.register(asked(usm.Incident)), w.register(asked(usm.Risk))
		w.age("created_at", 10)
		_, err := w.Pending(w.ctx(), 10)
		require.NoError(t, err)
		w.age("taken_at", 10)
		require.NoError(t, w.Started(w.ctx(), first.Number))
		calls, err := w.Pending(w.ctx(), 10)
		require.NoError(t, err)
		require.Equal(t, []usm.Call{second}, calls)
	})
}

// age makes the pending starts older by so many seconds.
func (w world) age(column string, seconds int) {
	w.t.Helper()
	require.NoError(w.t, w.exec(fmt.Sprintf(`UPDATE starts SET %s = %[1]s - interval '%d seconds'`, column, seconds)))
}
