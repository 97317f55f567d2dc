package usm_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/usm-works/usm/usm"
)

func TestTypeCall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		facts  usm.Facts
		typ    usm.CallType
		rule   int
		reason string
	}{
		"AComplaintIsAWish":                   {usm.Facts{Dissatisfied: true, Covered: true}, usm.Wish, 1, "complaint"},
		"AComplaintOfTheProviderIsAWishToo":   {usm.Facts{Dissatisfied: true, Internal: true}, usm.Wish, 1, "complaint"},
		"WhatIsBrokenIsAnIncident":            {usm.Facts{Broken: true, Covered: true}, usm.Incident, 2, "deviation"},
		"AngerAboutAFailureIsAnIncident":      {usm.Facts{Dissatisfied: true, Broken: true}, usm.Incident, 2, "deviation"},
		"AFailureTheProviderSeesIsAnIncident": {usm.Facts{Broken: true, Internal: true}, usm.Incident, 2, "deviation"},
		"AFailureOutsideAgreementsIsOneToo":   {usm.Facts{Broken: true}, usm.Incident, 2, "deviation"},
		"WhatNoAgreementCoversIsAWish":        {usm.Facts{}, usm.Wish, 3, "not covered"},
		"ALastingWishIsStillAWish":            {usm.Facts{Lasting: true}, usm.Wish, 3, "not covered"},
		"ALastingEffectIsARequestForChange":   {usm.Facts{Covered: true, Lasting: true}, usm.ChangeRequest, 4, "changes a managed component"},
		"TheRestIsAServiceRequest":            {usm.Facts{Covered: true}, usm.ServiceRequest, 5, "no lasting effect"},
		"WhatTheProviderRaisesIsARisk":        {usm.Facts{Internal: true, Covered: true}, usm.Risk, 6, "threat or an opportunity"},
		"CoveredOrNot":                        {usm.Facts{Internal: true}, usm.Risk, 6, "threat or an opportunity"},
		"LastingOrNot":                        {usm.Facts{Internal: true, Covered: true, Lasting: true}, usm.Risk, 6, "threat or an opportunity"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			typing := usm.TypeCall(c.facts)
			require.Equal(t, c.typ, typing.Type)
			require.Equal(t, c.rule, typing.Rule)
			require.Contains(t, typing.Reason, c.reason)
		})
	}
}

func TestTyping(t *testing.T) {
	t.Parallel()
	facts := rapid.SampledFrom(everyFacts())

	t.Run("AlwaysDecidesAndSaysWhy", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			typing := usm.TypeCall(facts.Draw(t, "facts"))
			require.True(t, typing.Type.Valid())
			require.NotZero(t, typing.Rule)
			require.NotEmpty(t, typing.Reason)
		})
	})

	t.Run("NeverMakesACustomersCallARisk", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			f := facts.Draw(t, "facts")
			f.Internal = false
			require.NotEqual(t, usm.Risk, usm.TypeCall(f).Type)
		})
	})

	t.Run("GivesEachTypeToSomething", func(t *testing.T) {
		t.Parallel()
		seen := map[usm.CallType]bool{}
		for _, f := range everyFacts() {
			seen[usm.TypeCall(f).Type] = true
		}
		require.Len(t, seen, len(usm.CallTypes()))
	})
}
