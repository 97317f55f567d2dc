package replay

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const traces = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
	<global scope="event"><string key="v" value="default"/></global>
	<string key="concept:name" value="the log itself"/>
	<trace>
		<string key="concept:name" value="a"/>
		<list key="nested"><values><string key="v" value="9"/></values></list>
		<event><string key="v" value="1"><string key="v" value="inner"/></string><int key="n" value="3"/></event>
		<event><date key="v" value="2017-01-09T00:00:00.000+01:00"/></event>
		<boolean key="late" value="true"/>
	</trace>
	<trace><string key="concept:name" value="b"/></trace>
	<trace><event><string key="v" value="2"/></event></trace>
	<trace><string key="concept:name" value="a"/><event><string key="v" value="3"/></event></trace>
	<trace><string key="concept:name" value="c"/><event><string key="v" value="4"/></event></trace>
`

func TestXES(t *testing.T) {
	t.Parallel()
	refused := []string{
		"row 13: the trace has no event",
		"row 14, case:concept:name: the trace does not say which case it is",
		"row 15, case a, case:concept:name: another trace is the same case",
	}
	for _, content := range []string{traces + "</log>", zipped(t, traces+"</log>")} {
		l := write(t, content)
		require.Equal(t, []string{"case:concept:name", "case:late", "n", "v"}, l.Columns)
		cases, refusals := read(t, l, "case:concept:name")
		require.Equal(t, []string{"a:1,2017-01-09T00:00:00.000+01:00", "c:4"}, cases)
		require.Equal(t, refused, refusals)
	}
	_, refusals := read(t, write(t, traces), "case:concept:name")
	require.Contains(t, refusals[len(refusals)-1], "breaks off")
}

func TestXESCountsTraces(t *testing.T) {
	t.Parallel()
	n, err := write(t, traces+"<tracer/></log>").Count("case:concept:name")
	require.NoError(t, err)
	require.Equal(t, 5, n)
}
