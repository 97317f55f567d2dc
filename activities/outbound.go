package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"go.temporal.io/sdk/temporal"

	"github.com/usm-works/usm/steps/mapping"
	"github.com/usm-works/usm/usm"
)

// answerLimit is how much of an answer is read, in bytes: it is only quoted when the request failed.
const answerLimit = 4 << 10

// Outbound asks other systems for work.
type Outbound struct {
	Registers   Registers
	Client      *http.Client // see NewGuardedClient; nil refuses every request
	CallbackURL string       // address of the gateway under which callback secrets are taken, e.g. https://usm.example/api/v1/callbacks
}

// Work is a request for work on one attempt of a step.
type Work struct {
	Call    usm.Call            `json:"call"`
	Step    usm.Step            `json:"step"`
	Attempt int                 `json:"attempt"`
	Request usm.OutboundRequest `json:"request"`
	Alarm   string              `json:"alarm,omitempty"` // key of the alarm that calls the system; "": a step asks for its work
}

// Key is the idempotency key that every delivery of the same request carries.
func (w Work) Key() string {
	if w.Alarm != "" {
		return w.Call.Number + "/alarm/" + w.Alarm
	}
	return fmt.Sprintf("%s/%s/%d", w.Call.Number, w.Step, w.Attempt)
}

// RequestWork sends the request with a callback address that is good for this step only. An answer of 2xx means it was
// taken; 4xx (but 408, 425 and 429) cannot be helped by a retry; anything else is retried by Temporal.
func (a *Outbound) RequestWork(ctx context.Context, work Work) error {
	request, err := a.prepare(ctx, work)
	if err != nil {
		return failure(err)
	}
	answer, err := a.Client.Do(request)
	if errors.Is(err, errForbiddenAddress) {
		return temporal.NewNonRetryableApplicationError(err.Error(), string(usm.CodeForbidden), nil)
	}
	if err != nil {
		return fmt.Errorf("request work for %s: %w", work.Key(), err)
	}
	defer answer.Body.Close() //nolint:errcheck // nothing is written to it
	if answer.StatusCode/100 == 2 {
		return nil
	}
	quoted, _ := io.ReadAll(io.LimitReader(answer.Body, answerLimit)) // the status says enough
	refusal := fmt.Sprintf("request work for %s: %s: %s", work.Key(), answer.Status, strings.TrimSpace(string(quoted)))
	switch code := answer.StatusCode; {
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return errors.New(refusal)
	default:
		return temporal.NewNonRetryableApplicationError(refusal, string(usm.CodeInvalid), nil)
	}
}

func (a *Outbound) prepare(ctx context.Context, work Work) (*http.Request, error) {
	if a.Client == nil {
		return nil, usm.Errorf(usm.CodeForbidden, "this worker sends no requests")
	}
	callback, err := a.callback(ctx, work)
	if err != nil {
		return nil, err
	}
	data := mapping.RequestData{Call: work.Call, Step: work.Step, Attempt: work.Attempt, Callback: callback}
	rendered, err := mapping.Render(work.Request, data, environmentSecret)
	if err != nil {
		return nil, err
	}
	body := []byte(rendered.Body)
	if len(body) == 0 {
		if body, err = json.Marshal(event(work, data)); err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, rendered.Method, rendered.URL, bytes.NewReader(body))
	if err != nil {
		return nil, usm.Invalid("/url", "%v", err)
	}
	request.Header.Set("Content-Type", "application/json")
	if rendered.Body == "" {
		request.Header.Set("Content-Type", "application/cloudevents+json")
	}
	request.Header.Set("Idempotency-Key", work.Key())
	for name, value := range rendered.Headers {
		request.Header.Set(name, value)
	}
	return request, nil
}

// callback is the address that finishes the step. An alarm only tells: nothing is to be reported back.
func (a *Outbound) callback(ctx context.Context, work Work) (string, error) {
	if work.Alarm != "" {
		return "", nil
	}
	secret, err := a.Registers.Callback(ctx, work.Call.Number, work.Step, work.Attempt)
	return a.CallbackURL + "/" + secret, err
}

// event is the body of a request whose procedure gives none: a CloudEvent that carries the call.
func event(work Work, data mapping.RequestData) map[string]any {
	what, content := "usm.work.requested", map[string]any{"call": data.Call, "step": data.Step, "attempt": data.Attempt}
	if work.Alarm != "" {
		what, content["alarm"] = "usm.call.alarm", work.Alarm
	} else {
		content["callback"] = data.Callback
	}
	return map[string]any{
		"specversion": "1.0", "type": what, "source": "usm", "datacontenttype": "application/json",
		"id": work.Key(), "subject": data.Call.Number, "data": content,
	}
}

// environmentSecret looks up {{secret "NAME"}}: the variable USM_SECRET_NAME.
func environmentSecret(name string) (string, error) {
	if value, ok := os.LookupEnv("USM_SECRET_" + name); ok {
		return value, nil
	}
	return "", usm.Errorf(usm.CodeInvalid, "the secret %q is not set", name)
}
