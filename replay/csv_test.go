package replay

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// write puts content in a file of the test's own and opens it as a log.
func write(t *testing.T, content string) *Log {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	l, err := OpenLog(path)
	require.NoError(t, err)
	return l
}

func zipped(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

// read gives what a log holds: each case as "id:line,line", and each refusal as its text.
func read(t *testing.T, l *Log, column string) (cases, refused []string) {
	t.Helper()
	n, err := l.Count(column)
	require.NoError(t, err)
	require.NoError(t, l.Cases(column, func(c Case) bool {
		var lines []string
		for _, row := range c.Rows {
			lines = append(lines, row.Values["v"])
		}
		cases = append(cases, c.ID+":"+strings.Join(lines, ","))
		return true
	}, func(r Refusal) { refused = append(refused, r.Error()) }))
	require.GreaterOrEqual(t, n, len(cases))
	return cases, refused
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content string
		cases   []string
		refused []string
	}{
		"ReadsCasesInTheOrderOfTheirFirstRows": {
			content: "id,v\na,1\nb,2\na,3\nc,4\nb,5\n",
			cases:   []string{"a:1,3", "b:2,5", "c:4"},
		},
		"ReadsOtherDelimitersAByteOrderMarkAndNoFinalNewline": {
			content: "\ufeffid;v\r\na;1\r\n\r\nb;2",
			cases:   []string{"a:1", "b:2"},
		},
		"ReadsLinesThatEndAsOnWindows": {
			content: "v,id\r\n1,a\r\n2,b\r\n3,a\n",
			cases:   []string{"a:1,3", "b:2"},
		},
		"ReadsQuotedFieldsOverSeveralLines": {
			content: "id,v\na,\"1\nand \"\"more\"\"\"\nb,2\n",
			cases:   []string{"a:1\nand \"more\"", "b:2"},
		},
		"RefusesARowWithAnotherNumberOfColumns": {
			content: "id,v\na,1\na,2,3\na\nb,4\n",
			cases:   []string{"a:1", "b:4"},
			refused: []string{"row 3: the row has 3 columns, the header 2", "row 4: the row has 1 columns, the header 2"},
		},
		"RefusesARowWithoutACase": {
			content: "id,v\n,1\na,2\n",
			cases:   []string{"a:2"},
			refused: []string{"row 2, id: the row does not say which case it belongs to"},
		},
		"LosesOneRowToAnUnclosedQuote": {
			content: "id,v\na,1\na,\"2\nb,3\nb,4\n",
			cases:   []string{"a:1", "b:3,4"},
			refused: []string{"row 3: a quote is opened and never closed"},
		},
		"LosesOneRowToAQuoteInTheWrongPlace": {
			content: "id,v\na,1\na,2\"2\"\nb,3\n",
			cases:   []string{"a:1", "b:3"},
			refused: []string{"row 3: column 4: bare \" in non-quoted-field"},
		},
		"LosesOneRowToAHugeField": {
			content: "id,v\na,1\na," + strings.Repeat("x", maxRecord) + "\nb,3\n",
			cases:   []string{"a:1", "b:3"},
			refused: []string{"row 3: the row is longer than 1048576 bytes"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, content := range []string{test.content, zipped(t, test.content)} {
				cases, refused := read(t, write(t, content), "id")
				require.Equal(t, test.cases, cases)
				require.Equal(t, test.refused, refused)
			}
		})
	}
}

func TestCSVBoundsTheRowsOfACase(t *testing.T) {
	t.Parallel()
	cases, refused := read(t, write(t, "id,v\n"+strings.Repeat("a,\n", maxRows+1)+"b,1\n"), "id")
	require.Len(t, cases, 2)
	require.Equal(t, []string{"row 10002, case a: the case has more than 10000 rows"}, refused)
}

func TestATruncatedLogIsReadUpToThere(t *testing.T) {
	t.Parallel()
	// Gzip hands over what it has only in blocks, so the part before the break must be large.
	var content strings.Builder
	content.WriteString("id,v\n")
	for i := range 40_000 {
		content.WriteString(strings.Repeat("x", i%97) + "," + strings.Repeat("y", i%89) + "\n")
	}
	whole := zipped(t, content.String())
	cases, refused := read(t, write(t, whole[:len(whole)-20]), "id")
	require.NotEmpty(t, cases)
	require.Contains(t, refused[len(refused)-1], "the log breaks off here (unexpected EOF)")
}

func TestOpenLogRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, says string }{
		"AnEmptyFile":               {"", "the log is empty"},
		"BlankLinesOnly":            {" \n\n", "the log is empty"},
		"AColumnNamedTwice":         {"id,v, id\n", `names the column "id" twice`},
		"AnUnreadableHeader":        {"id,\"v\n", "the header cannot be read"},
		"XMLThatIsNoLog":            {"<html></html>", "no trace with an event"},
		"XMLThatBreaksOff":          {"<log><trace><event>", "breaks off"},
		"GzipThatIsNone":            {"\x1f\x8bnonsense", "gzip: invalid header"},
		"XMLWithATokenWithoutAnEnd": {"<log a='" + strings.Repeat("x", maxRecord) + "'>", "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "log")
			require.NoError(t, os.WriteFile(path, []byte(test.content), 0o600))
			_, err := OpenLog(path)
			require.ErrorContains(t, err, test.says)
		})
	}
	_, err := OpenLog(filepath.Join(t.TempDir(), "nothing"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
