package test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestAgreements follows agreements that wishes bring: until their first day, in force, and what they cover.
func TestAgreements(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{Domains: []string{"it"}})
	for name, claim := range map[string]func(*testing.T, *product.Product){
		"OneForLaterStaysAgreedAndIsWatched":   agreedForLater,
		"OneInForceCoversNewCallsByItsClauses": coversByClause,
		"TheCatalogueIsWhatIsAgreedInAdvance":  preAgreed,
		"AnOfferThatCannotBeMeasuredIsRefused": unmeasurableOffer,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claim(t, p)
		})
	}
}

// offer drives a wish to its draft and offers this there, besides what every offer has.
func (w *world) offer(t *testing.T, more object) (usm.CallView, error) {
	t.Helper()
	view := w.at(t, rides[0], usm.DraftOffer)
	all := object{"type": "SA", "services": []string{"workplace"}, "cost": "EUR 9", "ready": "It works."}
	maps.Copy(all, more)
	return w.As(view.WaitingFor.People[0]).FinishWith(t.Context(), view.Number, usm.DraftOffer, object{"fields": all})
}

// agree brings an agreement by a wish that is delivered.
func (w *world) agree(t *testing.T, more object) usm.CallView {
	t.Helper()
	view, err := w.offer(t, more)
	require.NoError(t, err)
	view, err = w.Drive(t.Context(), view.Number, product.Plan{})
	require.NoError(t, err)
	require.Equal(t, usm.OutcomeFulfilled, view.Outcome)
	return view
}

// watched reports an error unless a run in Temporal waits for what comes of the version.
func (w *world) watched(t *testing.T, id string, version int) error {
	t.Helper()
	run := usm.AgreementTerm{Domain: w.domain.ID, Agreement: id, Version: version}.WorkflowID()
	told, err := w.Temporal().DescribeWorkflowExecution(t.Context(), run, "")
	if err == nil && told.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		err = errors.New("it does not run")
	}
	if err == nil && told.GetWorkflowExecutionInfo().GetType().GetName() != "AgreementTerm" {
		err = errors.New("it is something else")
	}
	return err
}

func agreedForLater(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "later", promises(long)))
	first := time.Now().AddDate(0, 0, 30).Format(time.DateOnly)
	last := time.Now().AddDate(1, 0, 30).Format(time.DateOnly)
	wish := w.agree(t, object{
		"agreement": "sa-sales", "valid_from": first, "valid_until": last, "renewal": []int{60},
		"norms": []any{object{"type": "incident", "handling": "20h"}},
	})
	product.Eventually(t, eventual, "it is watched", func() error { return w.watched(t, "sa-sales", 2) })
	all, err := clientAgreements(t, w, client.AgreementFilter{Domain: "later", Customer: "sales", Type: usm.SA})
	require.NoError(t, err)
	require.Equal(t, map[int]string{1: usm.AgreementInForce, 2: usm.AgreementAgreed}, states(all))
	view, err := w.Admin.Agreement(t.Context(), "later", "sa-sales")
	require.NoError(t, err)
	require.Equal(t, 1, view.Current.Version, "the old one counts until then")
	require.Equal(t, wish.Number, view.Versions[0].Call)
	require.Equal(t, first, view.Versions[0].ValidFrom)
	require.Equal(t, []string{"in_force", "draft", "agreed"}, history(view.History))
	call := w.at(t, rides[3], "")
	require.Equal(t, "sa-sales@1", call.Agreement)
	require.Equal(t, "40h", clockOf(t, call.Clocks, usm.NormHandling).Promise)
}

func clientAgreements(t *testing.T, w *world, filter client.AgreementFilter) ([]client.Agreement, error) {
	t.Helper()
	all, _, err := w.Admin.Agreements(t.Context(), filter)
	return all, err
}

// states are those of versions, by version.
func states(all []client.Agreement) map[int]string {
	is := map[int]string{}
	for _, a := range all {
		is[a.Version] = a.State
	}
	return is
}

func history(events []usm.AgreementEvent) (kinds []string) {
	for _, event := range events {
		kinds = append(kinds, event.Kind)
	}
	return kinds
}

func coversByClause(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "covering", promises(long)))
	open := w.at(t, rides[3], "")
	wish := w.agree(t, object{
		"agreement": "sa-sales", "services": []string{"workplace", "mail"},
		"norms": []any{object{"type": "incident", "reaction": "1h", "handling": "20h"}},
		"coverage": []any{
			object{"id": "board", "people": []string{"bilal"}, "services": []string{"workplace"}},
			object{"id": "utrecht", "text": "Whoever works in Utrecht", "sites": []string{"Utrecht"}},
		},
	})
	view, err := w.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "covering", Subject: "It is broken", Requester: "anna", Service: "mail", Fields: object{"broken": true},
	})
	require.NoError(t, err)
	require.Equal(t, usm.Incident, view.Type)
	require.Equal(t, "sa-sales@2", view.Agreement)
	require.Equal(t, "utrecht", view.Clause)
	require.Equal(t, "20h", clockOf(t, view.Clocks, usm.NormHandling).Promise)
	request, err := w.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "covering", Subject: "Another screen", Requester: "anna", Service: "mail",
	})
	require.NoError(t, err)
	require.Equal(t, usm.ServiceRequest, request.Type, "it is covered")
	require.Contains(t, request.Typing.Reason, "sa-sales@2")
	require.Contains(t, request.Typing.Reason, "clause utrecht: Whoever works in Utrecht")

	all, err := clientAgreements(t, w, client.AgreementFilter{Domain: "covering"})
	require.NoError(t, err)
	require.Equal(t, map[int]string{1: usm.AgreementEnded, 2: usm.AgreementInForce}, states(all))
	agreement, err := w.Admin.Agreement(t.Context(), "covering", "sa-sales")
	require.NoError(t, err)
	require.Equal(t, wish.Number, agreement.Current.Call)
	difference, err := w.Admin.AgreementDifference(t.Context(), "covering", "sa-sales", 1, 2)
	require.NoError(t, err)
	paths := map[string]string{}
	for _, d := range difference.Differences {
		paths[d.Path] = fmt.Sprintf("%s %v → %v", d.Action, d.Before, d.After)
	}
	require.Equal(t, "change 40h → 20h", paths["norms[incident].handling"], "%v", paths)
	require.Contains(t, w.reads(t, "agreement", "diff", "covering", "sa-sales", "1", "2"), "20h")

	still, err := w.Admin.Call(t.Context(), open.Number)
	require.NoError(t, err)
	require.Equal(t, "sa-sales@1", still.Agreement, "an open call keeps its agreement")
	still, err = w.As("olga").Rebind(t.Context(), open.Number, "There is a new agreement", "")
	require.NoError(t, err)
	require.Equal(t, "sa-sales@2", still.Agreement)
	require.Equal(t, "20h", clockOf(t, still.Clocks, usm.NormHandling).Promise)
	require.Contains(t, w.reads(t, "clock", "explain", open.Number), "recomputed: equal")
}

func preAgreed(t *testing.T, p *product.Product) {
	t.Helper()
	agreed := promises(long)
	agreed.Services, agreed.Requests = []string{"workplace", "network", "mail"}, []string{"vpn-access", "mail-outage"}
	w := apply(t, p, clocked(t, "agreed-before", agreed))
	mine, _, err := w.As("anna").Catalogue(t.Context(), "agreed-before", "", usm.Page{})
	require.NoError(t, err)
	require.Equal(t, []string{"vpn-access", "mail-outage"}, items(mine))
	require.Equal(t, "sa-sales@1", mine[0].Coverage.Agreement)
	seen, _, err := w.As("farah").Catalogue(t.Context(), "agreed-before", "anna", usm.Page{})
	require.NoError(t, err)
	require.Equal(t, mine, seen, "the provider sees what is agreed for her")
	nobody, _, err := w.As("farah").Catalogue(t.Context(), "agreed-before", "emeka", usm.Page{})
	require.NoError(t, err)
	require.Empty(t, nobody, "no customer authorises him")
	const others = "/catalogue?domain=agreed-before&for=bilal"
	requireRefused(t, w.Send(t, product.Request{Path: others, Token: w.Token("anna")}), "/catalogue", forbidden("profile"))
	view, err := w.As("anna").Open(t.Context(), usm.NewCall{
		Domain: "agreed-before", Subject: "From home", Requester: "anna", Fields: object{"item": "vpn-access", "from": "2026-12-01"},
	})
	require.NoError(t, err)
	require.Equal(t, usm.ServiceRequest, view.Type)
	require.Contains(t, view.Typing.Reason, "pre-agreed: item vpn-access")
}

func items(all []usm.CoveredItem) (ids []string) {
	for _, item := range all {
		ids = append(ids, item.ID)
	}
	return ids
}

func unmeasurableOffer(t *testing.T, p *product.Product) {
	t.Helper()
	w := apply(t, p, clocked(t, "refusing", promises(long)))
	norm := func(norm object) object { return object{"norms": []any{norm}} }
	for name, c := range map[string]struct {
		offer   object
		pointer string
	}{
		"NegativeTarget":     {norm(object{"type": "incident", "handling": "-4h"}), "/fields/norms/0/handling"},
		"UnknownCalendar":    {norm(object{"type": "incident", "handling": "4h", "calendar": "moon"}), "/fields/norms/0/calendar"},
		"UnknownReason":      {norm(object{"type": "incident", "handling": "4h", "pause": []string{"tea"}}), "/fields/norms/0/pause/0"},
		"OverBeforeItBegins": {object{"valid_from": "2027-01-02", "valid_until": "2027-01-01"}, "/fields/valid_until"},
	} {
		c.offer["agreement"] = "sa-sales"
		_, err := w.offer(t, c.offer)
		problem := &client.Problem{}
		require.ErrorAs(t, err, &problem, name)
		require.Equal(t, http.StatusUnprocessableEntity, problem.Status, name)
		pointed := slices.ContainsFunc(problem.Errors, func(f usm.FieldError) bool { return f.Pointer == c.pointer })
		require.True(t, pointed, "%s: %v", name, problem)
	}
}
