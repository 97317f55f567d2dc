// Package api is the JSON interface under /api/v1: typed operations that produce their own OpenAPI document. A handler
// turns a request type into a response type or an error; what a refusal looks like is decided in package status.
package api

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/usm-works/usm/usm"
)

// Prefix is where the operations live.
const Prefix = "/api/v1"

// Options are what the operations need.
type Options struct {
	Desk   Desk
	Intake Intake
	Reader Reader
	Hub    *Hub // tells of what was recorded
	Logger *slog.Logger
	// TemporalUI is the address of Temporal's own pages; "" leaves temporal_url empty.
	TemporalUI string
	// Namespace is Temporal's; "" means "usm".
	Namespace string
	// Heartbeat is how often a stream says that it is alive; 0 is 15 s.
	Heartbeat time.Duration
}

// API holds the operations.
type API struct {
	desk   Desk
	intake Intake
	reader Reader
	logger *slog.Logger
	runs   string // address that a call number is appended to; "" for none
	feed   *Hub
	early  *early

	heartbeat time.Duration
}

// Config returns huma's configuration: the OpenAPI document at /api/openapi.json, JSON only, no page of its own.
func Config(version string) huma.Config {
	speakProblems()
	config := huma.DefaultConfig("USM", version)
	config.Info.Description = "Calls, their steps and what they leave. Errors are problem documents (RFC 9457)."
	config.OpenAPIPath = "/api/openapi"
	config.DocsPath, config.SchemasPath = "", ""
	config.CreateHooks = nil // the default hook adds a "$schema" field to every body
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	return config
}

// Register adds every operation to the document and to its router.
func Register(to huma.API, o Options) *API {
	a := &API{desk: o.Desk, intake: o.Intake, reader: o.Reader, logger: o.Logger, heartbeat: cmp.Or(o.Heartbeat, heartbeat)}
	if a.logger == nil {
		a.logger = slog.New(slog.DiscardHandler)
	}
	if o.Namespace == "" {
		o.Namespace = "usm"
	}
	if o.TemporalUI != "" {
		a.runs = strings.TrimRight(o.TemporalUI, "/") + "/namespaces/" + o.Namespace + "/workflows/"
	}
	a.feed, a.early = o.Hub, newEarly(o.Intake, o.Hub, a.logger)
	for _, register := range []func(huma.API){
		a.registerCalls, a.registerActions, a.registerSteering, a.registerApprovals, a.registerDelegations, a.registerClocks,
		a.registerSignals, a.registerDomains, a.registerRegisters, a.registerFilters, a.registerAgreements, a.registerReports,
		a.registerCallReports, a.registerSystem, a.registerTokens, a.registerFeed,
	} {
		register(to)
	}
	return a
}

// operation describes one route. Every operation needs a token; the ones without say so themselves.
func operation(method, path, id, summary string) huma.Operation {
	return huma.Operation{
		Method: method, Path: Prefix + path, OperationID: id, Summary: summary,
		Tags:     []string{tag(path)},
		Security: []map[string][]string{{"token": {}}},
		// The gateway has read and limited every body before it gets here. huma's read deadline would still be set, and
		// end every request that takes longer than five seconds.
		MaxBodyBytes: -1, BodyReadTimeout: -1,
		Errors: problems(method),
	}
}

func problems(method string) []int {
	usual := []int{
		http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
		http.StatusTooManyRequests, http.StatusServiceUnavailable,
	}
	if method == http.MethodGet {
		return usual
	}
	return append(usual, http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge)
}

// tag groups operations by the first part of their path.
func tag(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// caller returns who makes the request that ctx belongs to.
func caller(ctx context.Context) usm.Caller { return RequestOf(ctx).Caller }

// Tagged is embedded by answers that have an entity tag.
type Tagged struct {
	ETag string `header:"ETag" doc:"entity tag: the revision or version"` //nolint:tagliatelle // as RFC 9110 spells it
}

// tagged returns the entity tag of a revision or version for an answer.
func tagged(revision int) Tagged { return Tagged{ETag: etag(revision)} }

// etag is the entity tag of a revision or version.
func etag(revision int) string { return strconv.Quote(strconv.Itoa(revision)) }

// matches reports whether an If-Match or If-None-Match list names the tag. Weak tags count as their strong form: our
// revisions change with every change.
func matches(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == "*" || candidate == tag {
			return true
		}
	}
	return false
}
