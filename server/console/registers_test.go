package console

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// answering is an API of the test's own.
type answering func(*http.Request) (int, http.Header, any)

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	status, header, body := a(r)
	raw, err := json.Marshal(body)
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(string(raw))), Request: r}, err
}

// visiting is a visit of a page by its address.
func visiting(t *testing.T, address string, api answering) *visit {
	t.Helper()
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	through := &http.Client{Transport: api}
	return &visit{c: c, api: client.NewWith("http://api", "", client.Options{HTTP: through, Patience: -1})}
}

// endless is a register that always has another page of 200.
func endless(r *http.Request) (int, http.Header, any) {
	calls := make([]usm.CallView, 200)
	for i := range calls {
		calls[i] = usm.CallView{Number: "INC-" + r.URL.Query().Get("cursor"), Subject: "s"}
	}
	return http.StatusOK, http.Header{"Link": {`</api/v1/calls?cursor=` + r.URL.Query().Get("cursor") + `x>; rel="next"`}}, calls
}

func exported(t *testing.T, api answering) (lines [][]string, err error) {
	t.Helper()
	v := visiting(t, "/registers/incidents/export.csv?columns=subject", api)
	var out strings.Builder
	calls, next, err := v.api.Calls(t.Context(), usm.CallFilter{})
	require.NoError(t, err)
	err = v.export(&out, usm.CallFilter{}, calls, next)
	lines, wrong := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	require.NoError(t, wrong)
	return lines, err
}

func TestExport(t *testing.T) {
	t.Parallel()

	t.Run("GoesThroughThePagesUpToItsLimitAndSaysSo", func(t *testing.T) {
		t.Parallel()
		lines, err := exported(t, endless)
		require.NoError(t, err)
		require.Len(t, lines, 1+exportedCalls+1)
		require.Equal(t, []string{"number", "subject"}, lines[0])
		require.Equal(t, "INC-", lines[200][0])
		require.Equal(t, "INC-x", lines[201][0])
		require.Equal(t, []string{"only the first 10000 calls are in this file", ""}, lines[len(lines)-1])
	})

	t.Run("SaysThatItBroke", func(t *testing.T) {
		t.Parallel()
		lines, err := exported(t, func(r *http.Request) (int, http.Header, any) {
			if r.URL.Query().Get("cursor") == "" {
				return endless(r)
			}
			return http.StatusServiceUnavailable, http.Header{}, map[string]any{"code": "unavailable"}
		})
		require.Error(t, err)
		require.Len(t, lines, 202)
		require.Contains(t, lines[201][0], "could not be read")
	})
}

func TestCellsAreNoFormulas(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "a=b": "a=b", "=a": "'=a", "+a": "'+a", "-a": "'-a", "@a": "'@a", "\ta": "'\ta", "\ra": "'\ra", "'=a": "'=a", "é": "é",
	} {
		require.Equal(t, want, cell(text))
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][]string{
		"":                                 usualColumns,
		"columns=":                         usualColumns,
		"columns=moon":                     usualColumns,
		"columns=number":                   {"number"},
		"columns=due,subject":              {"number", "subject", "due"},
		"columns=due&columns=moon,subject": {"number", "subject", "due"},
	} {
		require.Equal(t, want, visiting(t, "/registers/risks?"+query, nil).columns(), query)
	}
	for _, name := range usualColumns {
		require.Contains(t, readTexts()["en"].keys, "field."+name)
	}
	for _, column := range callColumns {
		require.True(t, readTexts()["nl"].keys["field."+column.Name], column.Name)
	}
}

func TestWhatIsKeptOfAnAddress(t *testing.T) {
	t.Parallel()
	v := visiting(t, "/registers/risks?q=a+b&cursor=c&said=d&columns=due&other=x&open=true&status=", nil)
	require.Equal(t, "columns=number%2Cdue&open=true&q=a+b", v.narrowed())
	require.Empty(t, visiting(t, "/registers/risks?cursor=c", nil).narrowed())
}

func TestKeysOfForms(t *testing.T) {
	t.Parallel()
	sent := func(form string) string {
		v := visiting(t, "/", nil)
		v.c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/risks", strings.NewReader(form))
		v.c.Request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return v.key()
	}
	first, again := sent("key=k&subject=a"), sent("key=k&subject=a")
	require.Equal(t, first, again)
	require.NotEqual(t, first, sent("key=k&subject=b"), "it was corrected")
	first, again = sent("subject=a"), sent("subject=a")
	require.NotEqual(t, first, again, "without a key of its own each is another")
}

func TestFoundOut(t *testing.T) {
	t.Parallel()
	require.Equal(t, riskOf{}, foundOut(usm.CallView{Fields: map[string]any{"cause": 7, "residual_risk": "low"}}))
	require.Equal(t, riskOf{
		Cause: "c", KnownError: true, Measure: "m", Residual: usm.ResidualRisk{Effect: usm.Low, Likelihood: usm.High, Text: "t"},
	}, foundOut(usm.CallView{Fields: map[string]any{
		"cause": "c", "known_error": true, "choice": "m",
		"residual_risk": map[string]any{"effect": "low", "likelihood": "high", "text": "t"},
	}}))
	require.Equal(t, "5", weight(usm.High, usm.High))
	require.Equal(t, "0", weight(usm.Nil, usm.Low))
}
