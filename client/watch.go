package client

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/usm-works/usm/usm"
)

// maxEvent is the longest line of a stream that is read.
const maxEvent = 4 << 20

// Feed follows every change the caller may see, from now on, until ctx ends or each returns an error, which is then
// returned. A broken stream is opened again where it ended. ready, unless nil, is called each time the stream is open:
// what happens after that is not missed.
func (c *Client) Feed(ctx context.Context, ready func(), each func(usm.Event) error) error {
	position := ""
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		before := position
		err := c.stream(ctx, &position, ready, each)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case position != before:
			pause = firstPause
		}
		if !broken(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(waitFor(err, pause)):
		}
	}
}

// brokenError says that an open stream ended, which every stream does some time.
type brokenError struct{ error }

func broken(err error) bool {
	switch e := err.(type) { //nolint:errorlint // made here, never wrapped
	case brokenError, *UnreachableError:
		return true
	case *Problem:
		return e.Status == http.StatusServiceUnavailable || e.Status == http.StatusTooManyRequests
	}
	return false
}

// stream reads one connection and keeps the position of what it has handed over.
func (c *Client) stream(ctx context.Context, position *string, ready func(), each func(usm.Event) error) error {
	r, err := newRequest(http.MethodGet, "/events", nil, []Option{WithHeader("Accept", "text/event-stream")})
	if err != nil {
		return err
	}
	if *position != "" {
		r.header.Set("Last-Event-ID", *position)
	}
	response, err := c.open(ctx, r)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // nothing was written
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(response.Body, maxEvent))
		return problemOf(response, body)
	}
	if ready != nil {
		ready()
	}
	return readStream(response.Body, position, each)
}

// readStream reads server-sent events: fields until an empty line. Comments and other fields mean nothing to us.
func readStream(body io.Reader, position *string, each func(usm.Event) error) error {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxEvent)
	var id, data string
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case name == "id":
			id = value
		case name == "data":
			data += value
		case lines.Text() == "":
			if err := handOver(data, each); err != nil {
				return err
			}
			*position, data = id, ""
		}
	}
	if err := lines.Err(); err != nil {
		return brokenError{err}
	}
	return brokenError{io.ErrUnexpectedEOF}
}

// handOver decodes one message. One without data only says where the stream is.
func handOver(data string, each func(usm.Event) error) error {
	if data == "" {
		return nil
	}
	var event usm.Event
	if err := json.Unmarshal([]byte(data), &event); err != nil {
		return err
	}
	return each(event)
}
