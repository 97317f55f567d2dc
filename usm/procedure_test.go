package usm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// desk is a procedure whose default is the coordinator's and the engineers'.
func desk(rows ...usm.ProcedureStep) usm.Procedure {
	return usm.Procedure{
		Process: usm.Recover,
		Default: usm.ProcedureStep{Accountable: "coordinator", Responsible: []string{"engineer"}},
		Steps:   rows,
	}
}

func TestProcedureRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row  usm.ProcedureStep
		want usm.ProcedureStep
	}{
		"TakesEverythingFromTheDefault": {
			usm.ProcedureStep{Step: usm.CloseIncident},
			usm.ProcedureStep{Accountable: "coordinator", Responsible: []string{"engineer"}, Performer: usm.ByPeople},
		},
		"KeepsItsOwnResponsibleProfiles": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Responsible: []string{"desk", "expert"}},
			usm.ProcedureStep{Accountable: "coordinator", Responsible: []string{"desk", "expert"}, Performer: usm.ByPeople},
		},
		"KeepsItsOwnAccountableProfile": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Accountable: "manager"},
			usm.ProcedureStep{Accountable: "manager", Responsible: []string{"engineer"}, Performer: usm.ByPeople},
		},
		"KeepsItsPerformer": {
			usm.ProcedureStep{Step: usm.AnalyseIncident, Performer: usm.ByAutomatic, Fields: map[string]any{"diagnosis": "known"}},
			usm.ProcedureStep{
				Accountable: "coordinator", Responsible: []string{"engineer"}, Performer: usm.ByAutomatic,
				Fields: map[string]any{"diagnosis": "known"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := c.want
			want.Step, want.DisputeTo = c.row.Step, usm.PrepareRecovery
			require.Equal(t, want, desk(c.row).Rule(c.row.Step))
		})
	}

	t.Run("OfAStepWithoutARowIsTheDefault", func(t *testing.T) {
		t.Parallel()
		rule := desk().Rule(usm.AnalyseIncident)
		require.Equal(t, usm.AnalyseIncident, rule.Step)
		require.Equal(t, "coordinator", rule.Accountable)
		require.Equal(t, usm.ByPeople, rule.Performer)
	})

	t.Run("SendsADisputeWhereTheProcedureSays", func(t *testing.T) {
		t.Parallel()
		p := desk(usm.ProcedureStep{Step: usm.ReviewRecovery, DisputeTo: usm.AnalyseIncident})
		require.Equal(t, usm.AnalyseIncident, p.Rule(usm.ReviewRecovery).DisputeTo)
		require.Equal(t, usm.PrepareRecovery, desk().Rule(usm.ReviewRecovery).DisputeTo)
	})
}

func TestProcedureStepProfiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule usm.ProcedureStep
		want []string
	}{
		"AddsTheAccountableOne": {usm.ProcedureStep{Accountable: "lead", Responsible: []string{"a", "b"}}, []string{"a", "b", "lead"}},
		"NamesNobodyTwice":      {usm.ProcedureStep{Accountable: "a", Responsible: []string{"a", "b"}}, []string{"a", "b"}},
		"IsTheAccountableAlone": {usm.ProcedureStep{Accountable: "lead"}, []string{"lead"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, c.rule.Profiles())
		})
	}

	t.Run("LeavesTheProcedureAsItIs", func(t *testing.T) {
		t.Parallel()
		responsible := make([]string, 1, 4)
		responsible[0] = "a"
		_ = usm.ProcedureStep{Accountable: "lead", Responsible: responsible}.Profiles()
		require.Equal(t, []string{"a", ""}, responsible[:2])
	})
}

func TestInheritedByChild(t *testing.T) {
	t.Parallel()
	for _, step := range allSteps() {
		kind := step.Kind()
		require.Equal(t, kind == usm.KindAccept || kind == usm.KindClassify, usm.ProcedureStep{Step: step}.InheritedByChild(), step)
	}
	yes, no := true, false
	require.True(t, usm.ProcedureStep{Step: usm.PlanOperation, Inherited: &yes}.InheritedByChild())
	require.False(t, usm.ProcedureStep{Step: usm.AcceptRequest, Inherited: &no}.InheritedByChild())
}

func TestDomainProcedure(t *testing.T) {
	t.Parallel()
	domain := usm.Domain{Procedures: []usm.Procedure{desk()}}
	require.Equal(t, desk(), domain.Procedure(usm.Recover))
	require.Equal(t, usm.Procedure{Process: usm.Agree}, domain.Procedure(usm.Agree))
}
