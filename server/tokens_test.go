package server_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	full := func(t *testing.T, change ...func(*server.Options)) *world {
		t.Helper()
		w := setup(t, change...)
		w.store.tokens = []usm.Token{{ID: "t-2", Name: "sensor", Scopes: []string{"read"}}, {ID: "t-1", Person: "omar", Session: true}}
		return w
	}

	t.Run("AreListedAPageAtATime", func(t *testing.T) {
		t.Parallel()
		w := full(t)
		var rows []usm.Token
		got := w.get("admin", "/tokens?person=omar&kind=session&state=good&limit=1").status(http.StatusOK).into(&rows)
		require.Equal(t, w.store.tokens[:1], rows)
		require.Equal(t, "/api/v1/tokens?cursor=t-1&kind=session&limit=1&person=omar&state=good", nextOf(got))
		require.Equal(t, usm.TokenFilter{Person: "omar", Kind: "session", State: "good", Page: usm.Page{Limit: 1}}, w.store.listed)
		require.NotContains(t, string(got.body), "secret")
	})

	t.Run("AreNarrowedByWhatThereIs", func(t *testing.T) {
		t.Parallel()
		for _, query := range []string{"kind=robot", "state=fine"} {
			full(t).get("admin", "/tokens?"+query).problem(http.StatusUnprocessableEntity, usm.CodeInvalid)
		}
	})

	t.Run("AreRevokedOnce", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		w := full(t, func(o *server.Options) { o.Logger = slog.New(slog.NewJSONHandler(&log, nil)) })
		revoke := func() (token usm.Token) {
			w.send("admin", http.MethodDelete, "/api/v1/tokens/t-1", nil).status(http.StatusOK).into(&token)
			return token
		}
		first := revoke()
		require.WithinDuration(t, time.Now(), *first.RevokedAt, time.Minute)
		require.Equal(t, first.RevokedAt, revoke().RevokedAt)
		require.Contains(t, log.String(), `"revoked":"t-1","of":"omar","by":"id-admin"`)
		w.send("admin", http.MethodDelete, "/api/v1/tokens/t-9", nil).problem(http.StatusNotFound, usm.CodeNotFound)
	})

	t.Run("AreForAdministratorsAlone", func(t *testing.T) {
		t.Parallel()
		w := full(t)
		p := w.send("mona", http.MethodDelete, "/api/v1/tokens/t-1", nil).problem(http.StatusForbidden, usm.CodeForbidden)
		require.Equal(t, "tokens are for administrators", p.Detail)
		require.Nil(t, w.store.tokens[1].RevokedAt)
	})
}
