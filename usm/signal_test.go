package usm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

func TestSignalOf(t *testing.T) {
	t.Parallel()
	t.Run("TakesACloudEventAsItIs", func(t *testing.T) {
		t.Parallel()
		s := usm.SignalOf("deployed", map[string]any{
			"specversion": "1.0", "id": "42", "source": "/pipeline", "type": "run.finished", "subject": "RFC-000001",
			"time": "2026-11-24T08:00:00Z", "datacontenttype": "application/json", "data": map[string]any{"ok": true},
		})
		at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
		require.Equal(t, usm.Signal{
			SpecVersion: "1.0", ID: "42", Source: "/pipeline", Type: "run.finished", Subject: "RFC-000001", Time: &at,
			ContentType: "application/json", Data: map[string]any{"ok": true}, Name: "deployed",
		}, s)
	})

	t.Run("NamesItAfterTheSignalItCameAs", func(t *testing.T) {
		t.Parallel()
		s := usm.SignalOf("deployed", map[string]any{"specversion": "1.0", "id": "42", "source": "/p", "name": "other"})
		require.Equal(t, "deployed", s.Name)
	})

	for name, payload := range map[string]any{
		"AnObject": map[string]any{"id": "42"}, "AText": "done", "ANumber": 42.0, "AList": []any{"a"}, "Nothing": nil,
		"AnEventWithoutAnID":        map[string]any{"specversion": "1.0", "source": "/p"},
		"AnEventThatCannotBeRead":   map[string]any{"specversion": "1.0", "id": "42", "source": 7.0},
		"AnEventWithANumberAsID":    map[string]any{"specversion": "1.0", "id": 42.0, "source": "/p"},
		"AnEventWithoutSpecVersion": map[string]any{"id": "42", "source": "/p"},
	} {
		t.Run("TakesAsData"+name, func(t *testing.T) {
			t.Parallel()
			s := usm.SignalOf("deployed", payload)
			require.Equal(t, payload, s.Data)
			require.Equal(t, "deployed", s.Name)
			require.Equal(t, "plain", s.Source)
			require.Equal(t, "1.0", s.SpecVersion)
			require.Len(t, s.ID, 32)
		})
	}

	t.Run("RecognisesARepeatedDeliveryByItsContent", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			payload := rapid.MapOf(rapid.String(), rapid.Int())
			a, b := payload.Draw(t, "a"), payload.Draw(t, "b")
			same := len(a) == len(b)
			for key, value := range a {
				other, ok := b[key]
				same = same && ok && other == value
			}
			require.Equal(t, same, usm.SignalOf("x", generic(a)).Key() == usm.SignalOf("x", generic(b)).Key())
		})
	})
}

func TestSignalKey(t *testing.T) {
	t.Parallel()
	require.Equal(t, usm.Signal{Source: "a", ID: "b"}.Key(), usm.Signal{Source: "a", ID: "b", Name: "other", Data: 1}.Key())
	require.NotEqual(t, usm.Signal{Source: "a", ID: "bc"}.Key(), usm.Signal{Source: "ab", ID: "c"}.Key())
}

func generic(m map[string]int) map[string]any {
	out := make(map[string]any, len(m))
	for key, value := range m {
		out[key] = value
	}
	return out
}
