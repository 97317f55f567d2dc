package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

const (
	// heartbeat is how often a stream says that it is alive, so that proxies keep a quiet one open, and asks whether its caller
	// still may follow it.
	heartbeat = 15 * time.Second
	feedBatch = 200 // events read at a time
	// streamFor is how long a stream lasts: clients resume by themselves, and what the caller may see is asked again.
	streamFor = 15 * time.Minute
)

// registerFeed adds the live stream of what happens.
func (a *API) registerFeed(to huma.API) {
	feed := operation(http.MethodGet, "/events", "stream-events", "Follow every change the caller may see, as server-sent events")
	feed.Description = "Each message is an event of a trail. Last-Event-ID resumes; without it the stream begins now."
	feed.Responses = map[string]*huma.Response{"200": {
		Description: "a stream that does not end",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: "string"}}},
	}}
	huma.Register(to, feed, a.follow)
}

type feedInput struct {
	LastEventID string `header:"Last-Event-ID" doc:"id of the last message that was received"` //nolint:tagliatelle // as HTML spells it
	After       string `query:"after" doc:"the same, for clients that cannot set the header"`
}

// follow starts a stream. The first read happens here, so that a refusal is still a problem document.
func (a *API) follow(ctx context.Context, in *feedInput) (*huma.StreamResponse, error) {
	position, err := a.startOf(ctx, in)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) { a.stream(out, position) }}, nil
}

func (a *API) startOf(ctx context.Context, in *feedInput) (int64, error) {
	given := in.LastEventID
	if given == "" {
		given = in.After
	}
	if given == "" {
		_, now, err := a.reader.Feed(ctx, -1, sight(ctx), 1)
		return now, err
	}
	position, err := strconv.ParseInt(given, 10, 64)
	if err != nil || position < 0 {
		return 0, usm.Errorf(usm.CodeInvalid, "Last-Event-ID is not one this stream gave")
	}
	return position, nil
}

// stream writes what is new whenever something was recorded, until the client goes or the server stops.
func (a *API) stream(out huma.Context, position int64) {
	ctx := out.Context()
	wake, leave := a.feed.Join()
	defer leave()
	out.SetHeader("Content-Type", "text/event-stream")
	out.SetHeader("Cache-Control", "no-store")
	out.SetHeader("X-Accel-Buffering", "no")
	out.SetStatus(http.StatusOK)
	writer, ok := out.BodyWriter().(http.ResponseWriter)
	if !ok {
		return
	}
	stream := &eventStream{writer: writer, control: http.NewResponseController(writer)}
	beat, end := time.NewTicker(a.heartbeat), time.NewTimer(streamFor)
	defer beat.Stop()
	defer end.Stop()
	stream.write(fmt.Sprintf("id: %d\n\n", position)) // no message, but where to resume if nothing comes
	for stream.err == nil {
		position = a.catchUp(ctx, stream, position)
		select {
		case <-wake:
		case <-beat.C:
			if !stillKnown(ctx) {
				return
			}
			stream.comment("beat")
		case <-end.C:
			return
		case <-stoppingOf(ctx):
			return
		case <-ctx.Done():
			return
		}
	}
}

// stillKnown asks again who follows the stream, and lets him see what he may see now. A token that is no longer good, or whose
// person has left, ends the stream; registers that are away do not.
func stillKnown(ctx context.Context) bool {
	request := RequestOf(ctx)
	if request.Again == nil {
		return true
	}
	who, err := request.Again(ctx)
	if err == nil {
		request.Caller = who
	}
	return usm.CodeOf(err) != usm.CodeUnauthenticated
}

// catchUp writes everything after position and returns where the stream is then. A read that fails is tried again with
// the next wake or heartbeat.
func (a *API) catchUp(ctx context.Context, stream *eventStream, position int64) int64 {
	seen := sight(ctx)
	for stream.err == nil {
		events, next, err := a.reader.Feed(ctx, position, seen, feedBatch)
		if err != nil {
			a.logger.WarnContext(ctx, "the event stream cannot be read now", "error", err)
			return position
		}
		stream.events(events, next)
		if next == position {
			return position
		}
		position = next
		if len(events) < feedBatch {
			return position
		}
	}
	return position
}

// eventStream writes server-sent events and does nothing after the first error.
type eventStream struct {
	writer  http.ResponseWriter
	control *http.ResponseController
	err     error
}

func (s *eventStream) comment(text string) { s.write(": " + text + "\n\n") }

// events writes a batch. Only its last event carries an id, because a position is known for whole batches: a client
// that is cut off inside one gets it again.
func (s *eventStream) events(events []usm.Event, position int64) {
	for i, event := range events {
		data, err := json.Marshal(event)
		if err != nil {
			s.err = err
			return
		}
		id := ""
		if i == len(events)-1 {
			id = fmt.Sprintf("id: %d\n", position)
		}
		s.write(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", id, event.Kind, data))
	}
}

func (s *eventStream) write(text string) {
	if s.err != nil {
		return
	}
	// A stream outlives the server's limit for answers, each message does not.
	s.control.SetWriteDeadline(time.Now().Add(heartbeat)) //nolint:errcheck // without deadlines the write itself fails
	if _, s.err = s.writer.Write([]byte(text)); s.err == nil {
		s.err = s.control.Flush()
	}
}
