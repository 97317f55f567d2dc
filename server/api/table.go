package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"
)

const (
	jsonType = "application/json"
	csvType  = "text/csv" // RFC 4180
)

// Tabular is embedded by the input of what can be had as a spreadsheet.
type Tabular struct {
	Accept string `header:"Accept" doc:"application/json or text/csv"`
	Format string `query:"format" enum:"json,csv" doc:"goes before Accept"`
}

func (t *Tabular) csv() bool {
	if t.Format != "" {
		return t.Format == "csv"
	}
	return negotiation.SelectQValue(t.Accept, []string{jsonType, csvType}) == csvType
}

// tableOutput is JSON or CSV, as it was asked for.
type tableOutput struct {
	ContentType string `header:"Content-Type"`
	Vary        string `header:"Vary"`
	Body        []byte
}

// registerTable registers a GET that answers with rows, as JSON or CSV.
func registerTable[I any](
	to huma.API, path, id, summary string, handle func(context.Context, *I) (*tableOutput, error), row reflect.Type,
) {
	get := operation(http.MethodGet, path, id, summary)
	schema := to.OpenAPI().Components.Schemas.Schema(row, true, row.Name())
	get.Responses = map[string]*huma.Response{"200": {Description: "the report", Content: map[string]*huma.MediaType{
		jsonType: {Schema: &huma.Schema{Type: huma.TypeArray, Items: schema}},
		csvType:  {Schema: &huma.Schema{Type: huma.TypeString, Description: "RFC 4180, with a header line"}},
	}}}
	huma.Register(to, get, handle)
}

// table is how rows stand in a spreadsheet.
type table[R any] struct {
	header []string
	row    func(R) []string
}

// write writes rows as they were asked for.
func write[R any](asked *Tabular, rows []R, as table[R]) (*tableOutput, error) {
	out := &tableOutput{ContentType: jsonType, Vary: "Accept"}
	var err error
	if !asked.csv() {
		out.Body, err = json.Marshal(append([]R{}, rows...))
		return out, err
	}
	out.ContentType = csvType + "; charset=utf-8; header=present"
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	w.UseCRLF = true
	lines := append([][]string{as.header}, each(rows, as.row)...)
	for _, line := range lines {
		if err := w.Write(each(line, cell)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	out.Body = file.Bytes()
	return out, w.Error()
}

// cell keeps a spreadsheet from taking a text for a formula: names come from files and from people.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
