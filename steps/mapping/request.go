package mapping

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/usm-works/usm/usm"
)

// RequestData is what the templates of an outbound request may use: {{.Call.Number}}, {{.Step}}, {{.Attempt}} and
// {{.Callback}}, the address at which the other system reports. {{json .Call.Subject}} writes a value as JSON, and
// {{secret "NAME"}}, in headers only, a secret.
type RequestData struct {
	Call     usm.Call
	Step     usm.Step
	Attempt  int
	Callback string
}

// Rendered is an outbound request ready to be sent. Body "" means that the caller sends its default.
type Rendered struct {
	Method  string
	URL     string
	Headers map[string]string
	Body    string
}

// CheckRequest checks that the templates of the request parse and use nothing that RequestData lacks, and that it goes to
// http or https. Pointer is the place in the request, e.g. "/headers/Authorization".
func CheckRequest(request usm.OutboundRequest) []usm.FieldError {
	var mistakes []usm.FieldError
	noSecret := func(string) (string, error) { return "secret", nil }
	sample := RequestData{Callback: "https://usm.example/callbacks/x"}
	sample.Call.Components = []string{"component"}
	each(request, func(pointer, text string, header bool) string {
		if _, err := render(text, sample, header, noSecret); err != nil {
			mistakes = append(mistakes, usm.FieldError{Pointer: pointer, Detail: reason(err)})
		}
		return ""
	})
	if url := request.URL; url != "" && !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		mistakes = append(mistakes, usm.FieldError{Pointer: "/url", Detail: "must begin with https:// or http://"})
	}
	return mistakes
}

// Render fills in the templates. secret looks up a secret by name. A template that fails is a usm.CodeInvalid error that
// names its place and shows no secret.
func Render(request usm.OutboundRequest, data RequestData, secret func(name string) (string, error)) (Rendered, error) {
	var mistakes []usm.FieldError
	done := Rendered{Method: request.Method, Headers: map[string]string{}}
	if done.Method == "" {
		done.Method = "POST"
	}
	data.Call.Progress = nil // the engine's own
	each(request, func(pointer, text string, header bool) string {
		value, err := render(text, data, header, secret)
		switch {
		case err != nil:
			mistakes = append(mistakes, usm.FieldError{Pointer: pointer, Detail: reason(err)})
		case pointer == "/url":
			done.URL = value
		case pointer == "/body":
			done.Body = value
		default:
			done.Headers[strings.TrimPrefix(pointer, "/headers/")] = value
		}
		return value
	})
	if len(mistakes) > 0 {
		return Rendered{}, &usm.Error{Code: usm.CodeInvalid, Message: "the outbound request cannot be made", Fields: mistakes}
	}
	return done, nil
}

// each visits the templates of a request in a fixed order.
func each(request usm.OutboundRequest, visit func(pointer, text string, header bool) string) {
	visit("/url", request.URL, false)
	for _, name := range slices.Sorted(maps.Keys(request.Headers)) {
		visit("/headers/"+name, request.Headers[name], true)
	}
	visit("/body", request.Body, false)
}

func render(text string, data RequestData, header bool, secret func(string) (string, error)) (string, error) {
	functions := template.FuncMap{"json": asJSON}
	if header {
		functions["secret"] = secret
	}
	parsed, err := template.New("").Option("missingkey=error").Funcs(functions).Parse(text)
	if err != nil {
		return "", err //nolint:wrapcheck // shown as it is, see reason
	}
	var b strings.Builder
	if err := parsed.Execute(&b, data); err != nil {
		return "", err //nolint:wrapcheck // shown as it is, see reason
	}
	return b.String(), nil
}

func asJSON(value any) (string, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("json: %w", err)
	}
	return string(raw), nil
}

// reason drops what package template says about its own naming.
func reason(err error) string { return strings.TrimPrefix(err.Error(), "template: :") }
