package usm_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for text, span := range map[string]time.Duration{
		"4h": 4 * time.Hour, "1h30m": 90 * time.Minute, "20m": 20 * time.Minute, "0s": 0, "-15m": -15 * time.Minute,
		"1h0m30s": time.Hour + 30*time.Second, "10h": 10 * time.Hour, "1.5s": 1500 * time.Millisecond,
	} {
		raw, err := json.Marshal(usm.Span(span))
		require.NoError(t, err)
		require.Equal(t, `"`+text+`"`, string(raw))
		var back usm.Span
		require.NoError(t, json.Unmarshal(raw, &back))
		require.Equal(t, usm.Span(span), back)
	}
	var s usm.Span
	require.Error(t, json.Unmarshal([]byte(`5`), &s))
	require.Error(t, json.Unmarshal([]byte(`"five"`), &s))
}

func TestNewTerms(t *testing.T) {
	t.Parallel()
	domain := usm.Domain{
		ID: "it", Version: 3, TimeZone: "Europe/Amsterdam", Calendar: usm.Calendar{},
		Calendars: []usm.Calendar{{ID: "tokyo", TimeZone: "Asia/Tokyo"}, {ID: "shop"}},
	}
	agreement := func(id string, kind usm.AgreementType, version int, under ...string) usm.Agreement {
		return usm.Agreement{ID: id, Type: kind, Version: version, Under: under}
	}
	inForce := []usm.Agreement{
		agreement("uc", usm.UC, 1), agreement("ola", usm.OLA, 4, "uc", "deep"), agreement("deep", usm.OLA, 1, "ola"),
		agreement("sa", usm.SA, 2, "ola", "uc", "gone"), agreement("other", usm.SA, 1),
	}

	terms := usm.NewTerms(domain, "sa@2", inForce)
	var links []string
	for _, link := range terms.Links {
		links = append(links, link.Versioned())
	}
	require.Equal(t, []string{"sa@2", "ola@4", "uc@1", "deep@1"}, links, "each once, also when they lead in a circle")
	require.Equal(t, "it@3/sa@2+ola@4+uc@1+deep@1", terms.Key)
	require.Equal(t, "Europe/Amsterdam", terms.Calendars[0].TimeZone)
	require.Equal(t, "Asia/Tokyo", terms.Calendars[1].TimeZone)
	require.Equal(t, "Europe/Amsterdam", terms.Calendars[2].TimeZone)
	require.Empty(t, domain.Calendars[1].TimeZone, "the domain stays as it is")

	require.Equal(t, "it@3/", usm.NewTerms(domain, "", inForce).Key)
	require.Empty(t, usm.NewTerms(domain, "", inForce).Links)
}

func TestCovers(t *testing.T) {
	t.Parallel()
	anna := usm.Person{ID: "anna", Customer: "sales", Site: "Utrecht"}
	clauses := func(list ...usm.Clause) usm.Agreement {
		return usm.Agreement{Type: usm.SA, Customer: "sales", Services: []string{"mail", "web"}, Coverage: list}
	}
	for name, c := range map[string]struct {
		agreement usm.Agreement
		person    usm.Person
		service   string
		uses      []string
		clause    string
		ok        bool
	}{
		"EverybodyOfTheCustomer":     {clauses(), anna, "mail", nil, "", true},
		"NobodyOfAnother":            {clauses(), usm.Person{ID: "x", Customer: "hr"}, "mail", nil, "", false},
		"NobodyWithoutCustomer":      {clauses(), usm.Person{ID: "x"}, "mail", nil, "", false},
		"NoServiceThatItDoesNotName": {clauses(), anna, "phone", nil, "", false},
		"TheFirstClauseThatHolds": {
			clauses(usm.Clause{ID: "a", Sites: []string{"Delft"}}, usm.Clause{ID: "b", Sites: []string{"Utrecht"}}, usm.Clause{ID: "c"}),
			anna, "mail", nil, "b", true,
		},
		"OnlyWhereAllOfAClauseHolds": {
			clauses(usm.Clause{ID: "a", Sites: []string{"Utrecht"}, People: []string{"bob"}}), anna, "mail", nil, "", false,
		},
		"ForTheServicesOfTheClause": {clauses(usm.Clause{ID: "a", Services: []string{"web"}}), anna, "mail", nil, "", false},
		"TheUsersOfAComponent": {
			clauses(usm.Clause{ID: "a", Components: []string{"laptop-7"}}), anna, "mail", []string{"phone-1", "laptop-7"}, "a", true,
		},
		"NobodyWhoUsesNoneOfThem": {
			clauses(usm.Clause{ID: "a", Components: []string{"laptop-7"}}), anna, "mail", nil, "", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clause, ok := c.agreement.Covers(c.person, c.service, c.uses)
			require.Equal(t, c.ok, ok)
			require.Equal(t, c.clause, clause.ID)
		})
	}
	ola := clauses()
	ola.Type = usm.OLA
	_, ok := ola.Covers(anna, "mail", nil)
	require.False(t, ok, "an OLA covers no customer")
}
