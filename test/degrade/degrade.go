// Package degrade holds the tests of what is promised while Postgres, Temporal, a worker or the gateway is slow, silent or gone. It
// is a Go module of its own, so that the product needs none of the libraries that make a network fail.
package degrade
