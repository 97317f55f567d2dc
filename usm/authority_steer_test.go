package usm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// Who steers the tables below, in the domain "it", where the profile "lead" is accountable for the open step.
var (
	wanda = person("wanda", []string{"desk", "lead"}, []string{"steer2", "lead"}) // the workflow coordinator, who may act too
	mona  = manager("mona", []string{"boss"}, []string{"boss", "steer"})          // manages the domain
	tomas = person("tomas", []string{"desk", "steer"}, []string{"steer"})         // of a team, and may act
	hanna = usm.Caller{                                                           // manages another domain
		Token: usm.Token{Person: "hanna"}, Steers: map[string][]string{"it": {"steer"}, "hr": {"lead"}}, Manages: map[string]bool{"hr": true},
	}
)

func manager(id string, profiles, steers []string) usm.Caller {
	caller := person(id, profiles, steers)
	caller.Manages = map[string]bool{"it": true}
	return caller
}

// heldAt is an open step that the workflow coordinator steered, or did not, and that somebody has claimed, or nobody.
func heldAt(steered, claimed string) usm.CallView {
	view := incidentAt(usm.ClassifyIncident, usm.WaitStep)
	view.WaitingFor.People = []string{"lena", "omar", "tomas", "wanda"}
	view.WaitingFor.Accountable, view.WaitingFor.Steered, view.WaitingFor.Claimed = "lead", steered, claimed
	if claimed != "" {
		view.WaitingFor.People = []string{claimed}
	}
	return view
}

func TestSteering(t *testing.T) {
	t.Parallel()
	team := func(id string) usm.Actor { return usm.Actor{Person: id, Profile: "steer", Rule: usm.RuleCoordinator} }
	workflow := func(id, profile string) usm.Actor {
		return usm.Actor{Person: id, Profile: profile, Rule: usm.RuleWorkflowCoordinator}
	}
	responsible := func(id string) usm.Actor { return usm.Actor{Person: id, Profile: "desk", Rule: usm.RuleResponsible} }
	standIn := heldAt("", "")
	standIn.WaitingFor.People = []string{"mona"}
	standIn.WaitingFor.StandIns = []usm.StandIn{{By: "mona", Person: "omar", Delegation: 7}}
	holder := usm.Actor{Person: "lena", Profile: "lead", Rule: usm.RuleResponsible}
	for name, c := range map[string]struct {
		caller usm.Caller
		action usm.ActionName
		view   usm.CallView
		want   usm.Actor
	}{
		"TheAccountableProfileClaims":             {wanda, usm.ActionClaim, heldAt("", ""), workflow("wanda", "lead")},
		"ItReleasesItsOwn":                        {wanda, usm.ActionRelease, heldAt("lead", "wanda"), workflow("wanda", "lead")},
		"ItReassigns":                             {wanda, usm.ActionReassign, heldAt("", ""), workflow("wanda", "lead")},
		"ItUndoesWhatATeamCoordinatorDecided":     {wanda, usm.ActionRelease, heldAt("", "tomas"), workflow("wanda", "lead")},
		"ItUndoesWhatAManagerDecided":             {wanda, usm.ActionReassign, heldAt("boss", "mona"), workflow("wanda", "lead")},
		"AManagerUndoesWhatItDecided":             {mona, usm.ActionRelease, heldAt("lead", "wanda"), workflow("mona", "boss")},
		"AnyManagerReassigns":                     {mona, usm.ActionReassign, heldAt("lead", ""), workflow("mona", "boss")},
		"HeAsksAsOneToo":                          {mona, usm.ActionAsk, heldAt("", ""), workflow("mona", "boss")},
		"ATeamCoordinatorReassignsWhatIsFree":     {carla, usm.ActionReassign, heldAt("", ""), team("carla")},
		"ATeamCoordinatorReleasesSomebodysClaim":  {carla, usm.ActionRelease, heldAt("", "omar"), team("carla")},
		"OneWhoMayActHandsOverAsACoordinator":     {tomas, usm.ActionReassign, heldAt("", ""), team("tomas")},
		"OneWhoMayActClaimsAsBefore":              {tomas, usm.ActionClaim, heldAt("", ""), responsible("tomas")},
		"HeClaimsWhatHeWasGiven":                  {tomas, usm.ActionClaim, heldAt("lead", ""), responsible("tomas")},
		"HeReleasesHisOwnClaimOfIt":               {tomas, usm.ActionRelease, heldAt("lead", "tomas"), responsible("tomas")},
		"WhoMayActHandsOverAsBefore":              {omar, usm.ActionReassign, heldAt("lead", ""), responsible("omar")},
		"HoldingTheAccountableProfileIsNotEnough": {lena, usm.ActionReassign, heldAt("", ""), holder},
		"NorIsManagingAnotherDomain":              {hanna, usm.ActionReassign, heldAt("", ""), team("hanna")},
		"AManagerWhoStandsInClaimsForTheOther": {
			mona, usm.ActionClaim, standIn, usm.Actor{Person: "mona", For: "omar", Rule: usm.RuleDelegate, Delegation: 7},
		},
		"ATeamCoordinatorAsksAllTheSame": {carla, usm.ActionAsk, heldAt("lead", "wanda"), team("carla")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actor, err := usm.Authority(c.caller, c.view, do(c.action))
			require.NoError(t, err)
			require.Equal(t, c.want, actor)
		})
	}
}

func TestSteeringRefusesATeamCoordinator(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		caller usm.Caller
		action usm.ActionName
		view   usm.CallView
	}{
		"TheReleaseOfAClaimOfTheWorkflowCoordinator": {carla, usm.ActionRelease, heldAt("lead", "wanda")},
		"TheReleaseOfWhatAManagerClaimed":            {carla, usm.ActionRelease, heldAt("boss", "mona")},
		"AReassignmentOfWhatWasReassigned":           {carla, usm.ActionReassign, heldAt("lead", "")},
		"AReassignmentOfWhatWasClaimed":              {carla, usm.ActionReassign, heldAt("lead", "wanda")},
		"AReassignmentByOneWhoMayAct":                {tomas, usm.ActionReassign, heldAt("lead", "")},
		"AReassignmentOfWhatHeWasGivenAndClaimed":    {tomas, usm.ActionReassign, heldAt("lead", "tomas")},
		"TheReleaseOfWhatWasGivenToOthers":           {tomas, usm.ActionRelease, heldAt("lead", "omar")},
		"AClaimOfWhatTheWorkflowCoordinatorHas":      {tomas, usm.ActionClaim, heldAt("lead", "wanda")},
		"ByWhoManagesAnotherDomain":                  {hanna, usm.ActionReassign, heldAt("lead", "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := usm.Authority(c.caller, c.view, do(c.action))
			require.Equal(t, usm.CodeForbidden, usm.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, "ask who holds the profile lead")
			require.ErrorContains(t, err, "(profile "+c.view.WaitingFor.Steered+") has decided who has classify_incident")
			allowed, whyNot := usm.Actions(c.caller, c.view)
			require.NotContains(t, allowed, string(c.action))
			require.NotEmpty(t, whyNot[string(c.action)])
		})
	}

	t.Run("ButNotTheOrdinaryWayOverAnotherClaim", func(t *testing.T) {
		t.Parallel()
		_, err := usm.Authority(tomas, heldAt("", "omar"), do(usm.ActionClaim))
		require.Equal(t, usm.CodeOutOfTurn, usm.CodeOf(err))
		require.Contains(t, usm.Allowed(tomas, heldAt("", "omar")), "release")
	})
}
