package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

func sales() usm.Agreement {
	return usm.Agreement{
		ID: "sa-sales", Type: usm.SA, Customer: "sales", Provider: "it", Services: []string{"mail", "network"}, Version: 2,
		State: usm.AgreementInForce, Under: []string{"ola"}, ValidFrom: "2026-01-01", ValidUntil: "2026-12-31", Cost: "EUR 84", Ready: "Signed.",
		Calendar: "office", Requests: []string{"laptop"},
		Coverage: []usm.Clause{{ID: "all", Text: "Everybody"}, {ID: "floor", Sites: []string{"Utrecht"}, Services: []string{"mail"}}},
		Norms: []usm.Norm{
			{
				Type: usm.Incident, Priority: usm.PriorityHigh, Reaction: "1h", Update: "4h", Handling: "8h", Calendar: "24x7",
				Named: []usm.NamedNorm{{Name: "diagnosis", Target: "2h"}},
			},
			{Type: usm.Incident, Handling: "2 business days end"},
		},
	}
}

func TestAgreementList(t *testing.T) {
	t.Parallel()
	old := sales()
	old.Version, old.State, old.ValidFrom, old.ValidUntil = 1, usm.AgreementEnded, "", ""
	g := newGateway(t, map[string]any{
		"GET /agreements?domain=it&limit=50&state=in_force&type=SA": []client.Agreement{
			{Domain: "it", Agreement: sales()}, {Domain: "it", Agreement: old},
		},
		"GET /agreements?limit=1": []client.Agreement{},
	})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "agreement", "list", "--domain", "it", "--state", "in_force", "--type", "SA"), x.err)
	require.Equal(t, `DOMAIN  AGREEMENT   TYPE  STATE     CUSTOMER  PROVIDER  SERVICES       VALID
it      sa-sales@2  SA    in_force  sales     it        mail, network  2026-01-01 … 2026-12-31
it      sa-sales@1  SA    ended     sales     it        mail, network
`, x.out)
	require.Zero(t, x.run(t, "agreement", "list", "--limit", "1"))
	require.Equal(t, "no agreements\n", x.out)
	require.Zero(t, x.run(t, "agreement", "list", "--limit", "1", "--json"))
	require.Equal(t, "[]\n", x.out)
}

func TestAgreementShow(t *testing.T) {
	t.Parallel()
	contract := usm.AgreementNode{ID: "uc", Version: 3, State: usm.AgreementExpired, Type: usm.UC, Provider: "vendor"}
	node := usm.AgreementNode{
		ID: "ola", Version: 1, State: usm.AgreementInForce, Type: usm.OLA, Provider: "platform", Under: []usm.AgreementNode{contract},
	}
	g := newGateway(t, map[string]any{"GET /agreements/it/sa-sales": usm.AgreementView{
		Domain: "it", ID: "sa-sales", Current: sales(), Under: []usm.AgreementNode{node},
		Services: []usm.AgreedSpecification{{Service: "mail", Specification: usm.Specification{
			Facility: usm.Facility{
				Functionality: []string{"Mailboxes"}, Functioning: map[string]string{"speed": "A minute", "availability": "99.5 %"},
			},
			Support: usm.Support{Functionality: []string{"Service desk"}, Functioning: map[string]string{"friendliness": "4 of 5"}},
		}}},
		History: []usm.AgreementEvent{{Version: 2, At: at, Kind: usm.AgreementInForce, Call: "WSH-000001", Text: "Replaces version 1."}},
	}})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "agreement", "show", "it", "sa-sales"), x.err)
	require.Equal(t, `sa-sales@2  in_force
type      SA
domain    it
customer  sales
provider  it
services  mail, network
calendar  office
cost      EUR 84
ready     Signed.
valid     2026-01-01 … 2026-12-31
covers    Everybody
covers    floor: sites Utrecht; services mail
requests  laptop

TYPE      PRIORITY  REACTION  UPDATE  HANDLING             OTHERS        CALENDAR
incident  high      1h        4h      8h                   diagnosis 2h  24x7
incident  any                         2 business days end

SERVICE  PART      ASPECT
mail     facility  functionality  Mailboxes
mail     facility  availability   99.5 %
mail     facility  speed          A minute
mail     support   functionality  Service desk
mail     support   friendliness   4 of 5

rests on
  ola@1  OLA with platform, in_force
    uc@3  UC with vendor, expired

AT                   VERSION  WHAT      CALL
2026-11-23 10:00:00        2  in_force  WSH-000001  Replaces version 1.
`, x.out)
	require.Zero(t, x.run(t, "agreement", "show", "it", "sa-sales", "--json"))
	require.Contains(t, x.out, `"id": "sa-sales"`)
}

func TestAgreementDiff(t *testing.T) {
	t.Parallel()
	path := "GET /agreements/it/sa-sales/difference?from=1&to="
	g := newGateway(t, map[string]any{
		path + "2": client.AgreementDifference{ID: "sa-sales", From: 1, To: 2, Differences: []client.Difference{
			{Path: "norms[incident/high].handling", Action: "change", Before: "8h", After: "4h"},
			{Path: "coverage[floor]", Action: "add", After: map[string]any{"sites": []string{"Utrecht"}}},
			{Path: "requests[1]", Action: "remove", Before: "laptop"},
		}},
		path + "1": client.AgreementDifference{ID: "sa-sales", From: 1, To: 1},
	})
	x := g.dev(t, "admin")
	require.Zero(t, x.run(t, "agreement", "diff", "it", "sa-sales", "1", "@2"), x.err)
	require.Equal(t, `change norms[incident/high].handling: 8h → 4h
add coverage[floor]: {"sites":["Utrecht"]}
remove requests[1]: laptop
`, x.out)
	require.Zero(t, x.run(t, "agreement", "diff", "it", "sa-sales", "1", "1"))
	require.Equal(t, "sa-sales: versions 1 and 1 are the same\n", x.out)
	require.Equal(t, exitUsage, x.run(t, "agreement", "diff", "it", "sa-sales", "1", "last"))
	require.Contains(t, x.err, `"last" is no version`)
	require.Equal(t, exitUsage, x.run(t, "agreement", "diff", "it", "sa-sales"))
}
