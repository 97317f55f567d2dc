package console

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/usm-works/usm/usm"
)

// The measures of the picture, in its own units. A level that has more boxes than fit in a row has several rows.
const (
	boxWidth, boxHeight = 168, 44
	boxGap, rowGap      = 20, 52
	boxesInARow         = 5
	boxLetters          = 21
)

// impactPicture is what rests on a component, above, and what it rests on, below: boxes and arrows with their places.
type impactPicture struct {
	Width, Height int
	Boxes         []impactBox
	Arrows        []impactArrow
}

// impactBox is a component; X and Y are its corner.
type impactBox struct {
	usm.ImpactNode

	X, Y int
}

// impactArrow is a relation, drawn from what rests to what it rests on.
type impactArrow struct {
	usm.Arrow

	Path string
}

// drawImpact places the boxes in rows, those of what rests on the component above it, and the arrows between them.
func drawImpact(impact usm.Impact) impactPicture {
	rows := impactRows(impact.Nodes)
	widest := 1
	for _, row := range rows {
		widest = max(widest, len(row))
	}
	p := impactPicture{
		Width: widest*(boxWidth+boxGap) + boxGap, Height: max(1, len(rows))*(boxHeight+rowGap) - rowGap + 2*boxGap,
	}
	boxes := map[string]impactBox{}
	for i, row := range rows {
		left := (p.Width - len(row)*(boxWidth+boxGap) + boxGap) / 2
		for j, node := range row {
			box := impactBox{node, left + j*(boxWidth+boxGap), boxGap + i*(boxHeight+rowGap)}
			boxes[node.ID] = box
			p.Boxes = append(p.Boxes, box)
		}
	}
	for _, arrow := range impact.Arrows {
		from, ok := boxes[arrow.From]
		to, there := boxes[arrow.To]
		if ok && there {
			p.Arrows = append(p.Arrows, impactArrow{arrow, arrowPath(from, to)})
		}
	}
	return p
}

// impactRows are the nodes from the highest level down, a row of boxes at a time.
func impactRows(nodes []usm.ImpactNode) (rows [][]usm.ImpactNode) {
	sorted := slices.Clone(nodes)
	slices.SortStableFunc(sorted, func(a, b usm.ImpactNode) int { return cmp.Compare(b.Level, a.Level) })
	for i, node := range sorted {
		last := len(rows) - 1
		if i == 0 || rows[last][0].Level != node.Level || len(rows[last]) == boxesInARow {
			rows = append(rows, nil)
			last++
		}
		rows[last] = append(rows[last], node)
	}
	return rows
}

// arrowPath goes from the edge of one box to that of another: down, up, or around where they stand beside each other.
func arrowPath(from, to impactBox) string {
	a, b := from.X+boxWidth/2, to.X+boxWidth/2
	switch {
	case from.Y < to.Y:
		return curve(a, from.Y+boxHeight, b, to.Y, rowGap/2)
	case from.Y > to.Y:
		return curve(a, from.Y, b, to.Y+boxHeight, -rowGap/2)
	}
	return curve(a, from.Y+boxHeight, b, to.Y+boxHeight, rowGap/2)
}

// curve leaves and arrives upright; where both ends are as high it sags.
func curve(x1, y1, x2, y2, bend int) string {
	second := y2 - bend
	if y1 == y2 {
		second = y2 + bend
	}
	return fmt.Sprintf("M%d %d C%d %d %d %d %d %d", x1, y1, x1, y1+bend, x2, second, x2, y2)
}

// short is a name that fits into a box; the whole one is told beside it.
func short(name string) string {
	letters := []rune(name)
	if len(letters) <= boxLetters {
		return name
	}
	return string(letters[:boxLetters-1]) + "…"
}

// kindsBetween are the relations of a component in the picture with those that are nearer, in the order of the arrows.
func kindsBetween(impact usm.Impact, node usm.ImpactNode) (arrows []usm.Arrow) {
	levels := map[string]int{}
	for _, n := range impact.Nodes {
		levels[n.ID] = n.Level
	}
	for _, arrow := range impact.Arrows {
		up := node.Level > 0 && arrow.From == node.ID && levels[arrow.To] < node.Level
		down := node.Level < 0 && arrow.To == node.ID && levels[arrow.From] > node.Level
		if up || down {
			arrows = append(arrows, arrow)
		}
	}
	return arrows
}

// direction says where a component stands: above or below, and how far.
func (v *visit) direction(node usm.ImpactNode) string {
	if node.Level > 0 {
		return v.T("component.above", node.Level)
	}
	return v.T("component.below", -node.Level)
}

// relationName is a kind of relation in words; domains may have kinds of their own.
func (v *visit) relationName(kind string) string { return v.or("relation."+kind, kind) }
