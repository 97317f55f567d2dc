// Package client speaks to the HTTP API of a USM gateway.
//
// Every POST carries an Idempotency-Key, the one given WithKey or a fresh one, so a request may be repeated until it is
// answered without being carried out twice: what the gateway cannot take now (429, 503, the first request with the key
// still running) is tried again, for as long as Options.Patience allows. Refusals are *Problem.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// DefaultPatience is how long a request is repeated unless Options say otherwise.
const DefaultPatience = 15 * time.Second

// maxAnswer is the longest answer that is read, to be safe from an address that is no gateway.
const maxAnswer = 64 << 20

// Options change how a Client works. The zero value is usable.
type Options struct {
	// Patience is how long one request is repeated when the gateway is busy or a part of it is away. 0 means
	// DefaultPatience; a negative one repeats nothing.
	Patience time.Duration
	// Reconnect repeats also what could not be sent, or whose answer was lost, within the same patience. Without it the
	// first network error is returned as *UnreachableError.
	Reconnect bool
	// HTTP sends the requests; nil means a client of our own that keeps its connections.
	HTTP *http.Client
}

// Client is the API of one gateway, used by one person or machine. It is safe for concurrent use.
type Client struct {
	base, token string
	options     Options
}

// New returns a client of the gateway at address (scheme and host, e.g. http://127.0.0.1:8080) that shows the bearer
// token. An empty token sends none.
func New(address, token string) *Client { return NewWith(address, token, Options{}) }

// NewWith is New with options.
func NewWith(address, token string, o Options) *Client {
	if o.Patience == 0 {
		o.Patience = DefaultPatience
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Transport: transport()}
	}
	return &Client{base: strings.TrimRight(address, "/") + "/api/v1", token: token, options: o}
}

// transport keeps as many connections to the one host as there may be requests at a time.
func transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // the type is documented
	t.MaxIdleConnsPerHost = 128
	t.ResponseHeaderTimeout = time.Minute
	return t
}

// As returns the same client with the token of somebody else; connections are shared.
func (c *Client) As(token string) *Client {
	other := *c
	other.token = token
	return &other
}

// UnreachableError says that no gateway answered.
type UnreachableError struct {
	Address string
	Err     error
}

// Error names the address and what went wrong on the way there.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no gateway answers at %s: %v", e.Address, e.Err)
}

// Unwrap returns the network error.
func (e *UnreachableError) Unwrap() error { return e.Err }

// An Option changes one request.
type Option func(*request)

// WithKey sets the Idempotency-Key of a POST: the same key with the same body is carried out once for the same token. An
// empty key keeps the fresh one.
func WithKey(key string) Option {
	return func(r *request) {
		if key != "" {
			r.header.Set("Idempotency-Key", key)
		}
	}
}

// WithVersion refuses a change (usm.CodePrecondition) of what no longer has this version.
func WithVersion(version int) Option {
	return WithHeader("If-Match", strconv.Quote(strconv.Itoa(version)))
}

// WithHeader sets another header.
func WithHeader(name, value string) Option { return func(r *request) { r.header.Set(name, value) } }

// request is one request before it is sent; it can be sent several times.
type request struct {
	method, path string
	query        url.Values
	header       http.Header
	body         []byte
}

// answer is what came back with a status of success.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// yamlFile is a body that is sent as it is.
type yamlFile []byte

// newRequest prepares a request; body is marshalled unless it is nil or a file.
func newRequest(method, path string, body any, options []Option) (*request, error) {
	r := &request{method: method, path: path, header: http.Header{}}
	r.header.Set("Accept", "application/json")
	switch body := body.(type) {
	case nil:
	case yamlFile:
		r.body = body
		r.header.Set("Content-Type", "application/yaml")
	default:
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
		r.body = raw
		r.header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		r.header.Set("Idempotency-Key", rand.Text())
	}
	for _, option := range options {
		option(r)
	}
	return r, nil
}

// do prepares and sends a request and decodes the answer into out, unless that is nil.
func (c *Client) do(ctx context.Context, method, path string, body, out any, options ...Option) error {
	r, err := newRequest(method, path, body, options)
	if err != nil {
		return err
	}
	a, err := c.send(ctx, r)
	if err != nil || out == nil {
		return err
	}
	return decode(a, out)
}

func decode(a *answer, out any) error {
	if err := json.Unmarshal(a.body, out); err != nil {
		return fmt.Errorf("the answer is not what this version of usm understands: %w", err)
	}
	return nil
}

// once sends a request and returns its answer, a *Problem or an *UnreachableError.
func (c *Client) once(ctx context.Context, r *request) (*answer, error) {
	response, err := c.open(ctx, r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, problemOf(response, body)
	}
	return &answer{status: response.StatusCode, header: response.Header, body: body}, nil
}

// open sends a request and returns the response with its body unread.
func (c *Client) open(ctx context.Context, r *request) (*http.Response, error) {
	address := c.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	request.Header = r.header.Clone()
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.options.HTTP.Do(request)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	return response, nil
}

// unreachable wraps a network error; the end of the caller's own context stays what it is.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if inner, ok := errors.AsType[*url.Error](err); ok { // which repeats method and address
		err = inner.Err
	}
	return &UnreachableError{Address: strings.TrimSuffix(c.base, "/api/v1"), Err: err}
}
