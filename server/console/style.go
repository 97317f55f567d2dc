package console

import (
	"net/url"
	"time"

	"github.com/usm-works/usm/usm"
)

// stylePage has every part in every state. It asks nothing of the API, and knows nobody.
type stylePage struct {
	Entry entry          // with a field that is wrong
	Calls []usm.CallView // early, soon and late
	Chart string
	Path  callPage
	Risks risksPage
}

// style shows every part of the pages in every state, whatever is away.
func (s *site) style(v *visit) (page, error) {
	p := stylePage{Entry: entry{Values: url.Values{"subject": {v.T("style.text")}}}, Path: drawnPath()}
	p.Entry.wrong(v, "/subject", v.T("style.wrong"))
	p.Risks.Counts = map[[2]usm.Level]int{{usm.High, usm.Medium}: 2, {usm.Low, usm.Low}: 7}
	for _, used := range []time.Duration{time.Hour, 7 * time.Hour, 9 * time.Hour} {
		opened := v.now.Add(-used)
		p.Calls = append(p.Calls, usm.CallView{OpenedAt: opened, Due: new(opened.Add(8 * time.Hour))})
	}
	drawing := chart{Categories: []string{"1", "2", "3", "4"}, Stacked: true}
	for i, process := range usm.Processes() {
		drawing.Series = append(drawing.Series, series{
			Name: v.processName(process), Class: string(process), Values: []float64{float64(i + 1), 4, float64(5 - i), 2},
		})
	}
	var err error
	p.Chart, err = drawing.svg()
	return page{Title: v.T("style.title"), Body: style(v, p)}, err
}

// drawnPath is the path of an incident with change, with a step in each state.
func drawnPath() callPage {
	states := []usm.State{
		usm.StepDone, usm.StepDone, usm.StepNotApplicable, usm.StepDone, usm.StepDone, usm.StepInherited, usm.StepInherited, usm.StepOpen,
		usm.StepSkipped,
	}
	p := callPage{Call: usm.CallView{Number: "INC-000000"}}
	for i, at := range usm.IncidentWithChange.Path() {
		row := usm.PathView{Process: at.Step.Process(), Step: at.Step, Workflow: at.Workflow.Name, Depth: at.Depth, State: usm.StepPending}
		if i < len(states) {
			row.State = states[i]
		}
		p.Path = append(p.Path, row)
	}
	return p
}
