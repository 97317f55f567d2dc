package main

import "github.com/go-analyze/charts"

// pictures are bars for the figures that people ask for first.
func (r Results) pictures() (map[string][]byte, error) {
	load := r.costly("approval")
	all := map[string][]byte{}
	for file, picture := range map[string]struct {
		title  string
		figure func(k kind) float64
	}{
		"throughput.svg": {"Approvals a second, " + inWords(load), func(k kind) float64 {
			return median(r.values(k.name, "approval", load, func(c Cell) float64 { return c.PerSecond }))
		}},
		"decision.svg": {"Decision in ms, 95 of 100 are faster, 1 in flight", func(k kind) float64 {
			return median(r.values(k.name, "approval", "1", func(c Cell) float64 { return c.Decision.P95 }))
		}},
		"cpu.svg": {"CPU ms of an approval, " + inWords(load), func(k kind) float64 {
			return median(r.values(k.name, "approval", load, func(c Cell) float64 { return c.Cost.CPU }))
		}},
	} {
		content, err := r.bars(picture.title, picture.figure)
		if err != nil {
			return nil, err
		}
		all[file] = content
	}
	return all, nil
}

// bars draws one for each engine.
func (r Results) bars(title string, figure func(k kind) float64) ([]byte, error) {
	var values []float64
	var names []string
	for _, k := range r.engines() {
		// The first bar is the lowest one.
		values, names = append([]float64{figure(k)}, values...), append([]string{k.title}, names...)
	}
	opt := charts.NewBarChartOptionWithData([][]float64{values})
	opt.Horizontal, opt.Title.Text = true, title
	opt.CategoryAxis.Labels, opt.ValueFormatter = names, short
	opt.SeriesList[0].Label.Show = new(true)
	opt.SeriesList[0].Label.ValueFormatter = short
	opt.Padding = charts.Box{Top: 20, Right: 60, Bottom: 20, Left: 20}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: 760, Height: 90 + 36*len(names)})
	if err := p.BarChart(opt); err != nil {
		return nil, err
	}
	return p.Bytes()
}
