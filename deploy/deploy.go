// Package deploy holds what puts the product into production: what docker-compose.yml mounts, a Helm chart, and the tests of
// both. It is a Go module of its own, so that the product needs none of their libraries.
package deploy
