package test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestRegisters follows what calls leave behind: components, agreements, reservations, domains.
func TestRegisters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "it")
	for name, claim := range map[string]func(*testing.T, *world){
		"ComponentsChangeOnlyWhenTheRegisterIsUpdated": components,
		"AnAgreementComesIntoForceAtItsReview":         agreementInForce,
		"WithoutAnAgreementNothingStaysReserved":       notAgreed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claim(t, w)
		})
	}
}

// get reads an answer that must be a success.
func get[T any](t *testing.T, w *world, path string) T {
	t.Helper()
	a := w.Send(t, product.Request{Path: path, Token: w.AdminToken})
	require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
	return product.Decode[T](t, a)
}

type componentView struct {
	usm.Component
	History []usm.Component `json:"history"`
}

func components(t *testing.T, w *world) {
	t.Helper()
	const path = "/components/it/prn-2"
	before := get[componentView](t, w, path)
	require.Equal(t, 1, before.Version)
	view := w.at(t, rides[1], usm.UpdateRegister)
	require.Equal(t, before, get[componentView](t, w, path), "no step before it touches the register")
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodPost} {
		a := w.Send(t, product.Request{Method: method, Path: path, Token: w.AdminToken, Body: object{}})
		require.Equal(t, http.StatusMethodNotAllowed, a.Status, "nothing else writes it: %s", a.Body)
	}
	_, err := w.As(view.WaitingFor.People[0]).FinishWith(t.Context(), view.Number, usm.UpdateRegister, object{"fields": object{
		"components": []any{
			object{"action": "update", "component": object{"id": "prn-2", "status": "in_repair"}},
			object{"action": "add", "component": object{"id": "prn-9", "name": "Printer ninth floor", "type": "printer"}},
		},
	}})
	require.NoError(t, err)
	after := get[componentView](t, w, path)
	require.Equal(t, 2, after.Version)
	require.Equal(t, "in_repair", after.Status)
	require.Equal(t, before.Name, after.Name, "what is not named stays")
	require.Len(t, after.History, 2)
	require.Equal(t, "in_use", after.History[1].Status)
	require.Equal(t, 1, get[componentView](t, w, "/components/it/prn-9").Version)
	db := w.SQL()
	require.Equal(t, 2, count(t, db, `SELECT count(*) FROM component_history WHERE call = $1`, view.Number))
}

func agreementInForce(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[0], usm.DraftOffer)
	_, err := w.As(view.WaitingFor.People[0]).FinishWith(t.Context(), view.Number, usm.DraftOffer, object{"fields": object{
		"agreement": "sa-head-office", "type": "SA", "services": []string{"workplace", "mail", "network", "order-system"},
		"cost": "EUR 99 a month for each user", "ready": "The requester has confirmed.",
	}})
	require.NoError(t, err)
	inForce := func() usm.Agreement {
		all := get[[]usm.Agreement](t, w, "/agreements?domain=it&limit=200")
		i := slices.IndexFunc(all, func(a usm.Agreement) bool { return a.ID == "sa-head-office" && a.State == "in_force" })
		require.GreaterOrEqual(t, i, 0)
		return all[i]
	}
	plan := product.Plan{Until: usm.ReviewAgreement}
	view, err = w.Drive(t.Context(), view.Number, plan)
	require.NoError(t, err)
	require.Equal(t, 1, inForce().Version, "delivered, not yet confirmed")
	_, err = w.As(view.Requester).Confirm(t.Context(), view.Number)
	require.NoError(t, err)
	now := inForce()
	require.Equal(t, 2, now.Version)
	require.Equal(t, view.Number, now.Call)
	require.Contains(t, now.Services, "order-system")
	require.Equal(t, "EUR 99 a month for each user", now.Cost)
}

func notAgreed(t *testing.T, w *world) {
	t.Helper()
	view := w.at(t, rides[0], usm.DraftOffer)
	db := w.SQL()
	_, err := w.As(view.WaitingFor.People[0]).FinishWith(t.Context(), view.Number, usm.DraftOffer, object{"fields": object{
		"agreement": "sa-storage", "type": "SA", "customer": "sales", "services": []string{"mail"}, "cost": "EUR 9", "ready": "It works.",
		"reservations": []any{object{"team": "platform-team", "what": "Two more nodes", "from": "2027-01-04"}},
	}})
	require.NoError(t, err)
	view, err = w.Drive(t.Context(), view.Number, product.Plan{Until: usm.NegotiateOffer})
	require.NoError(t, err)
	reserved := `SELECT count(*) FROM reservations WHERE call = $1 AND NOT released`
	require.Positive(t, count(t, db, reserved, view.Number), "the contributions are reserved")
	view, err = w.As(view.WaitingFor.People[0]).FinishWith(t.Context(), view.Number, usm.NegotiateOffer,
		object{"outcome": "not_agreed", "fields": object{"reason": "Too dear"}})
	require.NoError(t, err)
	require.Equal(t, usm.StatusNotAgreed, view.Status)
	require.Equal(t, usm.NotAgreed, view.Outcome)
	require.Zero(t, count(t, db, reserved, view.Number))
	require.Positive(t, count(t, db, `SELECT count(*) FROM reservations WHERE call = $1`, view.Number))
}

// TestDomainFiles takes a domain through the commands: out, planned, changed, in again.
func TestDomainFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "hr")
	run := func(args ...string) string {
		out, err := w.Try([]string{"USM_URL=" + w.URL, "USM_TOKEN=" + w.AdminToken}, args...)
		require.NoError(t, err, "%s", out)
		return out
	}
	path := filepath.Join(t.TempDir(), "hr.yaml")
	file := run("domain", "export", "hr")
	require.NoError(t, os.WriteFile(path, []byte(file), 0o600))
	require.Contains(t, run("domain", "apply", path), "nothing changed")
	require.Equal(t, file, run("domain", "export", "hr"))

	bound := open(t, w.Product, w.domain, usm.Incident)
	changed := strings.Replace(file, "Fatou Diallo", "Fatou Diallo-Sy", 1)
	require.NotEqual(t, file, changed)
	require.NoError(t, os.WriteFile(path, []byte(changed), 0o600))
	require.Contains(t, run("domain", "plan", path), "Fatou Diallo-Sy")
	require.Equal(t, 1, builtin(t, w.Product, "hr").Version, "a plan changes nothing")
	require.Contains(t, run("domain", "apply", path), "version 2")
	require.Equal(t, 2, builtin(t, w.Product, "hr").Version)
	require.Equal(t, 1, open(t, w.Product, w.domain, usm.Incident).DomainVersion-1)
	view, err := w.Drive(t.Context(), bound.Number, product.Plan{})
	require.NoError(t, err)
	require.Equal(t, usm.StatusClosed, view.Status)
	require.Equal(t, 1, view.DomainVersion, "an open call keeps its version")
	require.True(t, json.Valid([]byte(run("domain", "schema"))))
}
