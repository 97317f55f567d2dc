package console

import (
	"github.com/go-analyze/charts"
)

// chart is bars for figures of which the page also has the table. Every bar leads to what is behind it.
type chart struct {
	Categories []string
	Series     []series
	Lying      bool // one bar below the other, for names that are long
	Stacked    bool
	Figure     func(float64) string // how a figure is written; nil: a whole number
}

// series is one figure of every category. Its class is its colour.
type series struct {
	Name, Class string
	Values      []float64
	Links       []string // "" leads nowhere
}

// The size of a chart in its own units, and how much of it a category takes in one that lies.
const (
	chartWidth  = 760
	chartHeight = 280
	chartRow    = 30
)

// mark is the colour in which a series is drawn, before it gets its class.
func mark(i int) charts.Color { return charts.Color{R: 250, G: uint8(i + 1), B: 7, A: 255} }

// svg draws the chart, fit to stand in a page: it has no style of its own and loads nothing.
func (c chart) svg() (string, error) {
	var values [][]float64
	var marks []charts.Color
	for i, s := range c.Series {
		values, marks = append(values, s.Values), append(marks, mark(i))
	}
	text := charts.Color{R: 1, G: 2, B: 3, A: 255} // its class is that of all texts
	opt := charts.NewBarChartOptionWithData(values)
	opt.Theme = charts.MakeTheme(charts.ThemeOption{
		AxisStrokeColor: text, AxisSplitLineColor: text, TextColor: text, SeriesColors: marks, BackgroundColor: charts.ColorTransparent,
	})
	opt.Horizontal, opt.StackSeries, opt.Legend.Show = c.Lying, new(c.Stacked), new(false)
	opt.CategoryAxis.Labels, opt.ValueFormatter = c.Categories, c.figure
	opt.Padding = charts.Box{Top: 10, Right: 20, Bottom: 10, Left: 10}
	height := chartHeight
	if c.Lying {
		height = 50 + chartRow*len(c.Categories)
	}
	if c.Figure == nil {
		opt.ValueAxis[0].Unit, opt.ValueAxis[0].PreferNiceIntervals = 1, new(true) // there is no half a call
	}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: chartWidth, Height: height})
	if err := p.BarChart(opt); err != nil {
		return "", err
	}
	drawn, err := p.Bytes()
	if err != nil {
		return "", err
	}
	return c.inPage(drawn)
}

func (c chart) figure(value float64) string {
	if c.Figure != nil {
		return c.Figure(value)
	}
	return charts.FormatValueHumanizeShort(value, 0, false)
}
