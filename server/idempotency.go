package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

const (
	keyHeader    = "Idempotency-Key"
	maxKey       = 200
	finishWithin = 10 * time.Second
)

// kept are the headers of an answer that are repeated with it.
var kept = []string{"Content-Type", "Location", "ETag", "Link", "WWW-Authenticate"}

// once carries out a POST with an Idempotency-Key once: a repetition gets the first answer, byte for byte.
func (g *gateway) once(c *gin.Context) {
	key := c.GetHeader(keyHeader)
	request := api.RequestOf(c.Request.Context())
	request.Intake.Caller = owner(c, request)
	if c.Request.Method != http.MethodPost || key == "" {
		return
	}
	if len(key) > maxKey {
		refuse(c, usm.Errorf(usm.CodeInvalid, "an %s has at most %d characters", keyHeader, maxKey))
		return
	}
	fingerprint, err := fingerprintOf(c.Request)
	if err != nil {
		refuse(c, err)
		return
	}
	request.Intake.Key, request.Intake.Fingerprint = key, fingerprint
	done, err := g.Intake.Begin(c.Request.Context(), request.Intake)
	if err != nil {
		refuse(c, err)
		return
	}
	if done.Status != 0 {
		repeat(c, done)
		return
	}
	g.keep(c, request.Intake)
}

// owner is whose keys they are. Who signs in again has another session, and repeats what he began in the one before. A callback
// has no token: its address, which is a secret, stands for the caller.
func owner(c *gin.Context, request *api.Request) string {
	if token := request.Caller.Token; token.Session {
		return "person-" + token.Person
	}
	if id := request.Caller.Token.ID; id != "" {
		return id
	}
	sum := sha256.Sum256([]byte(c.Request.URL.Path))
	return "callback-" + hex.EncodeToString(sum[:8])
}

// keep runs the handlers and remembers their answer. An answer of 5xx frees the key, and so does a panic.
func (g *gateway) keep(c *gin.Context, intake usm.IntakeRequest) {
	copied := &copyingWriter{ResponseWriter: c.Writer}
	c.Writer = copied
	answer := usm.IntakeAnswer{Status: http.StatusInternalServerError}
	defer func() {
		// The answer is kept even when the client has gone away: it is what a repetition asks for.
		ctx, cancel := untilDeadline(c.Request.Context())
		defer cancel()
		if err := g.Intake.Finish(ctx, intake, answer); err != nil {
			g.Logger.ErrorContext(ctx, "the answer to an idempotent request is not kept", "error", err)
		}
	}()
	c.Next()
	if copied.Status() == http.StatusUnauthorized {
		return // whoever signs in again asks again: the key is free
	}
	answer = usm.IntakeAnswer{Status: copied.Status(), Header: map[string]string{}, Body: copied.body.Bytes()}
	for _, name := range kept {
		if value := copied.Header().Get(name); value != "" {
			answer.Header[name] = value
		}
	}
}

// untilDeadline is ctx without its end but with its deadline: nobody waits longer for his answer because it cannot be kept. A
// claim that is left behind lapses by itself.
func untilDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	at := time.Now().Add(finishWithin)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(at) {
		at = deadline
	}
	return context.WithDeadline(context.WithoutCancel(ctx), at)
}

// repeat writes an answer that was given before.
func repeat(c *gin.Context, answer usm.IntakeAnswer) {
	for name, value := range answer.Header {
		c.Header(name, value)
	}
	c.Header("Idempotency-Replayed", "true")
	c.Status(answer.Status)
	c.Writer.Write(answer.Body) //nolint:errcheck // the client has gone away
	c.Abort()
}

// fingerprintOf is a digest of method, path and body, in which the order of JSON names and white space do not count.
// The body can be read again after it.
func fingerprintOf(r *http.Request) (string, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", readError(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) == nil && !decoder.More() {
		if canonical, err := json.Marshal(value); err == nil {
			body = canonical
		}
	}
	sum := sha256.New()
	for _, part := range [][]byte{[]byte(r.Method), []byte(r.URL.Path), body} {
		sum.Write(part)
		sum.Write([]byte{'\n'})
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// copyingWriter keeps a copy of what is written.
type copyingWriter struct {
	gin.ResponseWriter
	body bytes.Buffer
}

// Write writes to the client and to the copy.
func (w *copyingWriter) Write(data []byte) (int, error) {
	w.body.Write(data)
	return w.ResponseWriter.Write(data)
}

// WriteString is Write of a text.
func (w *copyingWriter) WriteString(text string) (int, error) {
	w.body.WriteString(text)
	return w.ResponseWriter.WriteString(text)
}
