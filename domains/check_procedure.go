package domains

import (
	"errors"
	"fmt"

	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/steps/mapping"
	"github.com/usm-works/usm/usm"
)

// procedures checks that every process has one procedure and that each of its steps can be performed.
func (c *checker) procedures() {
	taken := map[usm.Process]bool{}
	for i, procedure := range c.domain.Procedures {
		at := fmt.Sprintf("/procedures/%d", i)
		if !procedure.Process.Valid() {
			continue
		}
		if taken[procedure.Process] {
			c.mistakef(at+"/process", "there is a procedure for %s already", procedure.Process)
		}
		taken[procedure.Process] = true
		c.procedure(at, procedure)
	}
	for _, process := range usm.Processes() {
		if !taken[process] {
			c.mistakef("/procedures", "no procedure for %s", process)
		}
	}
}

func (c *checker) procedure(at string, procedure usm.Procedure) {
	c.known(at+"/default/accountable", "profile", procedure.Default.Accountable, c.profiles)
	c.allKnown(at+"/default/responsible", "profile", procedure.Default.Responsible, c.profiles)
	taken := map[usm.Step]bool{}
	for i, row := range procedure.Steps {
		place := fmt.Sprintf("%s/steps/%d", at, i)
		switch {
		case row.Step.Process() != procedure.Process:
			c.mistakef(place+"/step", "%q is no step of %s", row.Step, procedure.Process)
			continue
		case taken[row.Step]:
			c.mistakef(place+"/step", "%s stands here twice", row.Step)
			continue
		}
		taken[row.Step] = true
		c.step(place, row)
	}
	c.responsibilities(at, procedure)
}

// step checks one row as it stands in the file.
func (c *checker) step(at string, row usm.ProcedureStep) {
	c.known(at+"/accountable", "profile", row.Accountable, c.profiles)
	c.allKnown(at+"/responsible", "profile", row.Responsible, c.profiles)
	c.allKnown(at+"/consulted", "profile", row.Consulted, c.profiles)
	c.allKnown(at+"/informed", "profile", row.Informed, c.profiles)
	c.allKnown(at+"/supporting", "profile", row.Supporting, c.profiles)
	c.duration(at+"/answer_within", row.AnswerWithin)
	c.duration(at+"/confirm_within", row.ConfirmWithin)
	c.duration(at+"/close_within", row.CloseWithin)

	kind := row.Step.Kind()
	c.only(at+"/answer_within", row.AnswerWithin != "", kind == usm.KindAccept, "an accept step")
	c.only(at+"/confirm_within", row.ConfirmWithin != "", kind == usm.KindReview, "a review step")
	c.only(at+"/close_within", row.CloseWithin != "", kind == usm.KindClose, "a close step")
	c.only(at+"/dispute_to", row.DisputeTo != "", kind == usm.KindReview, "a review step")
	c.only(at+"/inherited", row.Inherited != nil, kind == usm.KindAccept || kind == usm.KindClassify, "an accept or classify step")
	c.only(at+"/outcome", row.Outcome != "", row.Performer == usm.ByAutomatic, "an automatic step")
	c.only(at+"/fields", row.Fields != nil, row.Performer == usm.ByAutomatic, "an automatic step")
	c.only(at+"/signal", row.Signal != nil, row.Performer == usm.BySystem, "a step performed by a system")
	c.only(at+"/request", row.Request != nil, row.Performer == usm.BySystem, "a step performed by a system")
	c.notApplicable(at, row)
	c.disputeTo(at, row)
	switch row.Performer {
	case usm.ByAutomatic:
		c.automatic(at, row)
	case usm.BySystem:
		c.system(at, row)
	default: // people need nothing more
	}
}

func (c *checker) only(pointer string, given, allowed bool, belongsTo string) {
	if given && !allowed {
		c.mistakef(pointer, "belongs to %s", belongsTo)
	}
}

func (c *checker) notApplicable(at string, row usm.ProcedureStep) {
	if row.NotApplicable == "" {
		return
	}
	switch {
	case row.Step.Kind() != usm.KindWork || len(row.Step.Outcomes()) > 0:
		c.mistakef(at+"/not_applicable", "%s always applies: only a step that decides nothing can be left out", row.Step)
	case row.Performer == usm.ByAutomatic || row.Performer == usm.BySystem:
		c.mistakef(at+"/not_applicable", "a step that is left out has no performer")
	}
}

func (c *checker) disputeTo(at string, row usm.ProcedureStep) {
	to := row.DisputeTo
	if to == "" || row.Step.Kind() != usm.KindReview {
		return
	}
	earlier := to.Process() == row.Step.Process() && to.Ordinal() < row.Step.Ordinal()
	if !earlier || to.Kind() == usm.KindFork {
		c.mistakef(at+"/dispute_to", "must be an earlier step of %s that people perform, not %q", row.Step.Process(), to)
	}
}

// automatic checks that what the procedure gives would finish the step.
func (c *checker) automatic(at string, row usm.ProcedureStep) {
	if row.Step.Kind() == usm.KindFork {
		c.mistakef(at+"/performer", "%s is finished by the child calls it opens", row.Step)
		return
	}
	if category, given := row.Fields["category"].(string); given && row.Step.Kind() == usm.KindClassify {
		c.known(at+"/fields/category", "category", category, c.categories)
	}
	fields := steps.CompleteClassification(row.Step, row.Fields, "", "", "")
	if refused, ok := errors.AsType[*usm.Error](steps.Validate(row.Step, row.Outcome, fields)); ok {
		for _, f := range refused.Fields {
			c.mistakef(at+f.Pointer, "%s", f.Detail)
		}
	}
}

// system checks the signal that finishes the step and the request that asks for the work.
func (c *checker) system(at string, row usm.ProcedureStep) {
	if kind := row.Step.Kind(); kind == usm.KindFork || kind == usm.KindReview {
		c.mistakef(at+"/performer", "%s is never performed by a system", row.Step)
	}
	if row.Signal == nil {
		c.mistakef(at+"/signal", "is required: the signal that finishes the step")
	} else {
		for _, m := range mapping.CheckSignal(*row.Signal) {
			c.mistakef(at+"/signal"+m.Pointer, "%s", m.Detail)
		}
		c.mapped(at+"/signal", row)
	}
	if row.Request == nil {
		return
	}
	for _, m := range mapping.CheckRequest(*row.Request) {
		c.mistakef(at+"/request"+m.Pointer, "%s", m.Detail)
	}
}

// mapped checks that the signal gives what the step needs: an outcome where it decides, the required fields, no others.
func (c *checker) mapped(at string, row usm.ProcedureStep) {
	decides := len(row.Step.Outcomes()) > 0
	if decides && row.Signal.Outcome == "" && row.Step.Kind() != usm.KindAccept {
		c.mistakef(at+"/outcome", "is required: %s decides", row.Step)
	}
	if !decides && row.Signal.Outcome != "" {
		c.mistakef(at+"/outcome", "must be left out: %s decides nothing", row.Step)
	}
	document := steps.Schema(row.Step, "")
	required, _ := document["required"].([]any)
	for _, name := range required {
		if key, _ := name.(string); row.Signal.Fields[key] == "" {
			c.mistakef(at+"/fields/"+key, "is required: %s needs it", row.Step)
		}
	}
	properties, _ := document["properties"].(map[string]any)
	for name := range row.Signal.Fields {
		if _, ok := properties[name]; !ok {
			c.mistakef(at+"/fields/"+escape(name), "is not a field of %s", row.Step)
		}
	}
}
