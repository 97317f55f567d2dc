package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// Problem is a refusal by the gateway (RFC 9457): what usm.Error is inside the product.
type Problem struct {
	Status         int              `json:"status"` // of HTTP
	Title          string           `json:"title"`
	Detail         string           `json:"detail"`
	Code           usm.Code         `json:"code"` // "" when what answered is not a gateway of ours
	Errors         []usm.FieldError `json:"errors"`
	AllowedActions []string         `json:"allowed_actions"`
	Digest         string           `json:"digest"` // of what is to be approved now, with usm.CodeStale
	TraceID        string           `json:"trace_id"`
	// RetryAfter is how long the gateway asks to wait before trying again; 0 when it did not say.
	RetryAfter time.Duration `json:"-"`
}

// Error returns the sentence for people, without the places that are wrong: Errors has them.
func (p *Problem) Error() string {
	switch {
	case p.Detail != "":
		return p.Detail
	case p.Title != "":
		return p.Title
	}
	return "the gateway answered " + strconv.Itoa(p.Status) + " " + http.StatusText(p.Status)
}

// CodeOf returns the code of a *Problem, "" for nil and for any other error.
func CodeOf(err error) usm.Code {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Code
	}
	return ""
}

// problemOf reads a refusal. Whatever stands between us and the gateway may answer in another form.
func problemOf(response *http.Response, body []byte) *Problem {
	p := &Problem{}
	if err := json.Unmarshal(body, p); err != nil {
		p = &Problem{Detail: plainText(response, body)}
	}
	p.Status = response.StatusCode
	p.RetryAfter = retryAfter(response.Header.Get("Retry-After"))
	return p
}

// plainText returns the first line of a body that is text for people, "" for a page of HTML.
func plainText(response *http.Response, body []byte) string {
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	return line
}

// retryAfter reads the header's two forms, seconds and a date (RFC 9110 §10.2.3).
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
