// Package console holds the tests of the console: by query on what the server sends, and in a real browser. It is a Go module of
// its own, so that the product needs nothing that drives a browser.
package console
