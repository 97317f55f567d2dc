package signin

import (
	"io"
	"net/http"
)

// answerLimit is how many bytes of an answer of the provider are read.
const answerLimit = 256 << 10

// limited cuts what a provider answers, so that a broken one does not fill our memory.
type limited struct{ http.RoundTripper }

// RoundTrip is that of the transport inside.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(response.Body, answerLimit), response.Body}
	}
	return response, err
}
