package access_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/server/access"
	"github.com/usm-works/usm/usm"
)

// person holds a profile of a class in the domain "it"; class "" holds none, and domain "" is belonged to by nobody.
func person(domain string, class usm.Class) usm.Caller {
	caller := usm.Caller{Token: usm.Token{ID: "t", Person: "ada"}, Domains: map[string][]string{domain: {}}}
	if class != "" {
		caller.Domains[domain] = []string{"p"}
	}
	if class == usm.Coordinator || class == usm.Manager {
		caller.Steers = map[string][]string{domain: {"p"}}
	}
	caller.Manages = map[string]bool{domain: class == usm.Manager}
	return caller
}

func machine(scopes ...string) usm.Caller {
	return usm.Caller{Token: usm.Token{ID: "t", Name: "sensor", Scopes: scopes}}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	admin := usm.Caller{Token: usm.Token{ID: "a", Admin: true}}
	for name, c := range map[string]struct {
		caller         usm.Caller
		action, domain string
		code           usm.Code
		says           string
	}{
		"AMemberSeesHisDomain":             {person("it", ""), "get-domain", "it", "", ""},
		"AnotherDomainIsNotThere":          {person("it", ""), "get-domain", "hr", usm.CodeNotFound, "there is no domain hr"},
		"AnAdministratorSeesIt":            {admin, "get-domain", "hr", "", ""},
		"AnOperatorChangesNoDomain":        {person("it", usm.Operator), "apply-domain", "it", usm.CodeForbidden, "class manager"},
		"AManagerChangesHis":               {person("it", usm.Manager), "apply-domain", "it", "", ""},
		"AManagerChangesNoOther":           {person("it", usm.Manager), "apply-domain", "hr", usm.CodeForbidden, "class manager"},
		"AMachineDecidesNothing":           {machine(), "decide", "", usm.CodeForbidden, "only people"},
		"AMachineWithTheScopeNeither":      {machine("decide"), "decide", "", usm.CodeForbidden, "only people"},
		"AMemberReadsNoReports":            {person("it", ""), "report-norms", "it", usm.CodeForbidden, "reports are for"},
		"ReportsOfOthersAreNotThere":       {person("it", usm.Manager), "report-norms", "hr", usm.CodeNotFound, "no domain hr"},
		"AnOperatorKeepsNoDeadLetters":     {person("it", usm.Operator), "list-dead-letters", "", usm.CodeForbidden, "dead letters"},
		"ACoordinatorOfAnyDomainDoes":      {person("hr", usm.Coordinator), "list-dead-letters", "", "", ""},
		"AMemberSendsNoSignal":             {person("it", ""), "send-signal", "it", usm.CodeForbidden, "in the domain it"},
		"AMachineSendsThemAnywhere":        {machine(), access.SignalAny, "", "", ""},
		"APersonDoesNot":                   {person("it", usm.Manager), access.SignalAny, "", usm.CodeForbidden, ""},
		"AMemberOpensNothingForOthers":     {person("it", ""), "open-call", "it", usm.CodeForbidden, "opens calls for others"},
		"AStrangerMayCallBack":             {usm.Caller{}, "call-back", "", "", ""},
		"AndNothingElse":                   {usm.Caller{}, "get-me", "", usm.CodeForbidden, "may do get-me"},
		"WhatNoPolicyKnowsIsRefused":       {admin, "launch-rockets", "it", usm.CodeForbidden, "launch-rockets"},
		"AGroupOfOperationsIsNoOperation":  {person("it", usm.Manager), "of-a-domain", "it", usm.CodeForbidden, ""},
		"AnAdministratorProvisionsNothing": {admin, access.Provision, "it", usm.CodeForbidden, "scim:it"},
		"TheTokenForItDoes":                {machine("scim:it"), access.Provision, "it", "", ""},
		"ButNoOtherDomain":                 {machine("scim:it"), access.Provision, "hr", usm.CodeForbidden, "scim:hr"},
		"NorAllOfThem":                     {machine("scim:it", "scim:"), access.Provision, "", usm.CodeForbidden, ""},
		"AndNothingBeside":                 {machine("scim:it"), "get-me", "", usm.CodeForbidden, "lacks the scope"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := access.Decide(c.caller, c.action, c.domain)
			require.Equal(t, c.code, usm.CodeOf(err), "%v", err)
			if err != nil {
				require.ErrorContains(t, err, c.says)
			}
		})
	}
}

func TestTheScopeThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	reader := person("it", usm.Manager)
	reader.Token.Scopes = []string{"read"}
	for action, scope := range map[string]string{
		"open-call": "call", "decide": "decide", "send-signal": "signal", "apply-domain": "domains", "revoke-token": "tokens",
		access.Provision: "scim:it",
	} {
		var refused *usm.Error
		require.ErrorAs(t, access.Decide(reader, action, "it"), &refused, action)
		require.Equal(t, scope, refused.Scope, action)
		require.Contains(t, refused.Message, scope)
	}
	require.NoError(t, access.Decide(reader, "get-domain", "it"))
	require.NoError(t, access.Decide(reader, "get-me", ""))

	t.Run("AndAnEmptyListOfScopesLeavesNothing", func(t *testing.T) {
		t.Parallel()
		none := person("it", usm.Manager)
		none.Token.Scopes = []string{}
		require.Equal(t, usm.CodeForbidden, usm.CodeOf(access.Decide(none, "get-me", "")))
	})
}

func TestWhatPeopleHaveAskedForTheySee(t *testing.T) {
	t.Parallel()
	ada, sensor := person("it", ""), machine()
	require.NoError(t, access.DecideFor(ada, access.SeeCall, "hr", "rita", "ada"))
	require.Error(t, access.DecideFor(ada, access.SeeCall, "hr", "rita", ""))
	require.Error(t, access.DecideFor(sensor, access.SeeCall, "hr", ""), "nobody's calls are not those of machines")
	require.NoError(t, access.DecideFor(ada, "open-call", "it", "ada"))
	require.NoError(t, access.DecideFor(ada, access.SeeAgreed, "it", "ada"))
	require.Error(t, access.DecideFor(ada, access.SeeAgreed, "it", "rita"))
	require.Error(t, access.DecideFor(ada, access.SeeDomain, "hr", "ada"), "a call in it makes nobody belong to a domain")
}

// TestCheckScopes also holds the form of a domain's id to that of domain files.
func TestCheckScopes(t *testing.T) {
	t.Parallel()
	require.NoError(t, access.CheckScopes(nil))
	require.NoError(t, access.CheckScopes([]string{"read", "call", "decide", "signal", "domains", "tokens", "scim:it", "scim:health-care"}))
	for _, scope := range []string{"", "write", "scim", "scim:", "scim:It", "scope:read", "operation"} {
		require.ErrorContains(t, access.CheckScopes([]string{"read", scope}), "call, decide, domains, read, signal, tokens, and scim:DOMAIN")
	}
}

// anyCaller draws a caller of any kind in the domains "it" and "hr", without scopes.
func anyCaller(t *rapid.T) usm.Caller {
	caller := usm.Caller{Domains: map[string][]string{}, Steers: map[string][]string{}, Manages: map[string]bool{}}
	caller.Token = usm.Token{
		ID: rapid.SampledFrom([]string{"t", ""}).Draw(t, "token"), Admin: rapid.Bool().Draw(t, "admin"),
		Person: rapid.SampledFrom([]string{"ada", ""}).Draw(t, "person"),
	}
	for _, domain := range []string{"it", "hr"} {
		class := rapid.SampledFrom([]usm.Class{"none", "", usm.Operator, usm.Coordinator, usm.Manager}).Draw(t, domain)
		if class != "none" {
			held := person(domain, class)
			maps.Copy(caller.Domains, held.Domains)
			maps.Copy(caller.Steers, held.Steers)
			maps.Copy(caller.Manages, held.Manages)
		}
	}
	return caller
}

// TestScopesOnlyNarrow holds for every caller, action, domain and set of scopes: what a token with scopes may do, the same
// token without them may do too, but for provisioning; and with more scopes it may do no less.
func TestScopesOnlyNarrow(t *testing.T) {
	t.Parallel()
	all := []string{"read", "call", "decide", "signal", "domains", "tokens", "scim:it", "scim:hr", "nonsense"}
	actions := []string{access.Provision, access.SeeDomain, access.SeeCall, access.SeeAgreed, access.SignalAny, "call-back", "nonsense"}
	for _, scope := range access.Scopes() {
		actions = append(actions, scope.Operations...)
	}
	rapid.Check(t, func(t *rapid.T) {
		whole := anyCaller(t)
		narrow, wider := whole, whole
		narrow.Token.Scopes = rapid.SliceOfDistinct(rapid.SampledFrom(all), rapid.ID[string]).Draw(t, "scopes")
		wider.Token.Scopes = append(slices.Clone(narrow.Token.Scopes), rapid.SampledFrom(all).Draw(t, "more"))
		action, domain := rapid.SampledFrom(actions).Draw(t, "action"), rapid.SampledFrom([]string{"", "it", "hr", "no"}).Draw(t, "domain")
		asked := rapid.SampledFrom([]string{"", "ada", "rita"}).Draw(t, "asked")
		may := func(caller usm.Caller) bool { return access.DecideFor(caller, action, domain, asked) == nil }
		if !may(narrow) {
			return
		}
		if !may(wider) {
			t.Fatalf("%v may, and no longer with %v", narrow.Token.Scopes, wider.Token.Scopes)
		}
		if action == access.Provision {
			if !slices.Contains(narrow.Token.Scopes, "scim:"+domain) {
				t.Fatalf("%v provisions %q", narrow.Token.Scopes, domain)
			}
		} else if !may(whole) {
			t.Fatalf("%v may, and not without scopes", narrow.Token.Scopes)
		}
	})
}

// TestSightSaysOfCallsWhatSeeCallSays holds lists, which the registers narrow, to the policies.
func TestSightSaysOfCallsWhatSeeCallSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		caller := anyCaller(t)
		if caller.Token.ID == "" && caller.Token.Person == "" {
			return // no token: nothing is listed
		}
		domain := rapid.SampledFrom([]string{"it", "hr", "no"}).Draw(t, "domain")
		asked := rapid.SampledFrom([]string{"", "ada", "rita"}).Draw(t, "asked")
		sight := access.Sight(caller)
		listed := sight == nil || slices.Contains(sight.Domains, domain) || sight.Person != "" && sight.Person == asked
		if seen := access.DecideFor(caller, access.SeeCall, domain, asked) == nil; seen != listed {
			t.Fatalf("seen %t, listed %t", seen, listed)
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	for name, c := range map[string]struct {
		caller         usm.Caller
		action, domain string
	}{
		"APerson":           {person("it", usm.Manager), "apply-domain", "it"},
		"AMachineWithScope": {machine("signal", "read"), "send-signal", ""},
		"ARefusal":          {person("it", ""), "get-domain", "hr"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = access.Decide(c.caller, c.action, c.domain)
			}
		})
	}
}
