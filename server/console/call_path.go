package console

import (
	"fmt"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
)

// Measures of the drawing, in pixels.
const (
	pathStep   = 72  // from one step to the next
	pathLane   = 84  // height of a lane with one call in it
	pathMargin = 72  // for the names of the lanes
	pathDot    = 11  // radius of a step
	pathWords  = 12  // letters of a name on one line
	pathFirst  = 112 // of the first step from the left
)

// drawing is the path of a call: its steps in the lanes of their processes, with the calls that forks open where they branch
// and come back.
type drawing struct {
	Width, Height int
	Lanes         []pathLaneRow
	Steps         []pathStepAt
	Ways          []pathWay
}

type pathLaneRow struct {
	Process        usm.Process
	Top, Height, Y int
}

// pathStepAt is a step where it is drawn. Own says that the call runs it, and no child.
type pathStepAt struct {
	usm.PathView

	X, Y int
	Own  bool
	Row  int // in the path
}

// pathWay leads from a step to another one.
type pathWay struct {
	Line string // as SVG has it
	Kind string // along, branch, back or wait
	Gone bool   // somebody has gone it
}

// run is what one call does on a path: its steps, each with the calls that it forks.
type run struct {
	steps    []int // rows of the path
	children [][]run
	track    int
	from, to int
}

// drawPath lays a path out.
func drawPath(path []usm.PathView) drawing {
	if len(path) == 0 {
		return drawing{}
	}
	p := &layout{path: path, column: make([]int, len(path)), tracks: map[usm.Process][][]span{}}
	root, _ := p.read(0)
	p.place(&root, 0)
	p.lanes()
	p.draw(root)
	slices.SortFunc(p.drawing.Steps, func(a, b pathStepAt) int { return a.Row - b.Row })
	return p.drawing
}

type span struct{ from, to int }

type layout struct {
	path    []usm.PathView
	column  []int
	tracks  map[usm.Process][][]span // of each lane, what runs in it
	drawing drawing
}

// read takes the steps of one call from the path, and those of its children after the steps that fork them.
func (p *layout) read(at int) (run, int) {
	first := p.path[at]
	var r run
	for at < len(p.path) {
		row := p.path[at]
		if row.Depth < first.Depth || (len(r.steps) > 0 && row.Depth == first.Depth && row.Step.Ordinal() == 1) {
			break
		}
		if row.Depth == first.Depth {
			r.steps, r.children = append(r.steps, at), append(r.children, nil)
			at++
			continue
		}
		var child run
		child, at = p.read(at)
		last := len(r.children) - 1
		r.children[last] = append(r.children[last], child)
	}
	return r, at
}

// place gives each step its column and each call a track in the lane of its process; it returns the column after the last.
func (p *layout) place(r *run, column int) int {
	r.from = column
	for i, row := range r.steps {
		p.column[row] = column
		column++
		end := column
		for c := range r.children[i] {
			end = max(end, p.place(&r.children[i][c], column))
		}
		column = end
	}
	r.to = column - 1
	lane := p.path[r.steps[0]].Process
	free := func(taken []span) bool {
		return !slices.ContainsFunc(taken, func(s span) bool { return s.from <= r.to && r.from <= s.to })
	}
	r.track = slices.IndexFunc(p.tracks[lane], free)
	if r.track < 0 {
		r.track = len(p.tracks[lane])
		p.tracks[lane] = append(p.tracks[lane], nil)
	}
	p.tracks[lane][r.track] = append(p.tracks[lane][r.track], span{r.from, r.to})
	return column
}

// lanes gives each process that takes part its height.
func (p *layout) lanes() {
	for _, process := range usm.Processes() {
		if tracks := len(p.tracks[process]); tracks > 0 {
			p.drawing.Lanes = append(p.drawing.Lanes, pathLaneRow{process, p.drawing.Height, tracks * pathLane, p.drawing.Height + 24})
			p.drawing.Height += tracks * pathLane
		}
	}
	p.drawing.Width = pathFirst + pathStep*slices.Max(p.column) + pathStep/2
}

func (p *layout) at(r run, row int) (x, y int) {
	x = pathFirst + pathStep*p.column[row]
	for _, lane := range p.drawing.Lanes {
		if lane.Process == p.path[row].Process {
			y = lane.Top + r.track*pathLane + 28
		}
	}
	return x, y
}

// draw draws a call and its children.
func (p *layout) draw(r run) {
	for i, row := range r.steps {
		x, y := p.at(r, row)
		p.drawing.Steps = append(p.drawing.Steps, pathStepAt{PathView: p.path[row], X: x, Y: y, Own: p.path[row].Depth == 0, Row: row})
		for _, child := range r.children[i] {
			p.draw(child)
			p.way("branch", r, row, child, child.steps[0])
			if i+1 < len(r.steps) {
				p.way("back", child, child.steps[len(child.steps)-1], r, r.steps[i+1])
			}
		}
		switch {
		case i+1 == len(r.steps):
		case len(r.children[i]) > 0:
			p.way("wait", r, row, r, r.steps[i+1])
		default:
			p.way("along", r, row, r, r.steps[i+1])
		}
	}
}

// way draws a line between two steps; between lanes it bends.
func (p *layout) way(kind string, from run, row int, to run, next int) {
	x1, y1 := p.at(from, row)
	x2, y2 := p.at(to, next)
	line := fmt.Sprintf("M%d %dH%d", x1+pathDot, y1, x2-pathDot)
	if y1 != y2 {
		middle := x2 - pathStep/2
		if kind == "branch" {
			middle = x1 + pathStep/2
		}
		line = fmt.Sprintf("M%d %dH%dC%d %d %d %d %d %dH%d", x1+pathDot, y1, middle-18, middle, y1, middle, y2, middle+18, y2, x2-pathDot)
	}
	state := p.path[next].State
	p.drawing.Ways = append(p.drawing.Ways, pathWay{Line: line, Kind: kind, Gone: state != usm.StepPending && state != usm.StepSkipped})
}

// pathLines breaks the name of a step into lines that fit under it.
func pathLines(name string) []string {
	var lines []string
	for word := range strings.FieldsSeq(name) {
		last := len(lines) - 1
		if last >= 0 && len([]rune(lines[last]+" "+word)) <= pathWords {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
