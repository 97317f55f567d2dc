package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tsenart/vegeta/v12/lib"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/steps"
	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// Who opens cases and who decides, in the departments that are made for them.
const (
	asks    = "anna"
	decides = "sven"
	manages = "service-manager" // his profile
)

// usmEngine is the product: a gateway and a worker.
type usmEngine struct {
	stack           *stack
	binary, url     string
	env             []string
	domain          usm.Domain
	asks, decides   string // tokens
	gateway, worker *process
}

// build builds the product, whose folder is above this one.
func build(ctx context.Context, dir string) (binary string, err error) {
	binary = filepath.Join(dir, "usm")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/usm")
	cmd.Dir = ".."
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build: %w: %s", err, out)
	}
	return binary, err
}

// departments are two: in the first everything is automatic, but that one decides about what has an amount: of 1 before it is executed,
// of 2 before it is classified. In the other people plan operations and execute them.
func departments() (all [2]usm.Domain, err error) {
	for i := range all {
		if all[i], err = domains.Parse("it.yaml", domains.Builtin()["it"]); err != nil {
			return all, err
		}
		for j, procedure := range all[i].Procedures {
			all[i].Procedures[j].Steps = product.Automatic(procedure.Process)
		}
	}
	for i := range all[1].Agreements { // whose provider or customer is the department itself, without its name
		for _, side := range []*string{&all[1].Agreements[i].Provider, &all[1].Agreements[i].Customer} {
			if *side == all[1].ID {
				*side = ""
			}
		}
	}
	all[1].ID = handOver
	for i, procedure := range all[1].Procedures {
		if procedure.Process == usm.Operate {
			all[1].Procedures[i].Steps = product.Automatic(usm.Operate, usm.PlanOperation, usm.ExecuteOperation)
			all[1].Procedures[i].Default.Responsible = []string{manages}
		}
	}
	policy := usm.ApprovalPolicy{ID: "execute", Name: "Execute", Steps: []usm.Step{usm.ExecuteOperation}, When: "amount == 1.0"}
	policy.Require = usm.Quorum{Need: "any", Approvers: []usm.Approver{{Person: decides}}}
	all[0].Approvals = []usm.ApprovalPolicy{policy}
	policy.ID, policy.Name, policy.Steps, policy.When = "classify", "Classify", []usm.Step{usm.ClassifyRequest}, "amount == 2.0"
	all[0].Approvals = append(all[0].Approvals, policy)
	return all, nil
}

func startProduct(ctx context.Context, s *stack, binary string) (engine, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0") // only for its number
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err = listener.Close(); err != nil {
		return nil, err
	}
	e := &usmEngine{stack: s, binary: binary, url: "http://" + address}
	e.env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "USM_") || strings.HasPrefix(v, "TEMPORAL_")
	})
	e.env = append(e.env, "USM_DATABASE_URL="+s.postgres.URL(""), "USM_TEMPORAL_ADDRESS="+s.temporal.address,
		"USM_TEMPORAL_NAMESPACE="+namespace, "USM_ADDRESS="+address, "USM_RATE_LIMIT=100000", "USM_LOG_LEVEL=warn")
	if _, err = e.command(ctx, "migrate"); err != nil {
		return nil, err
	}
	if err = e.start(ctx); err != nil {
		return e, err
	}
	admin, err := e.command(ctx, "token", "issue", "--admin", "--name", "bench")
	if err != nil {
		return e, err
	}
	all, err := departments()
	if err != nil {
		return e, err
	}
	patient := client.NewWith(e.url, admin, client.Options{Patience: startWithin, Reconnect: true})
	for _, domain := range all {
		file, err := domains.Marshal(domain)
		if err == nil {
			_, err = patient.ApplyDomain(ctx, domain.ID, file)
		}
		if err != nil {
			return e, fmt.Errorf("apply the department %s: %w", domain.ID, err)
		}
	}
	e.domain = all[0]
	if e.asks, err = e.command(ctx, "token", "issue", asks); err == nil {
		e.decides, err = e.command(ctx, "token", "issue", decides)
	}
	return e, err
}

// command runs a command of the product and returns what it prints.
func (e *usmEngine) command(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, e.binary, args...)
	cmd.Env, cmd.Dir = e.env, e.stack.dir
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("usm %s: %s", strings.Join(args, " "), exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}

// start starts gateway and worker and returns when they are ready.
func (e *usmEngine) start(ctx context.Context) (err error) {
	if e.gateway, err = start(filepath.Join(e.stack.dir, "gateway.log"), e.env, e.binary, "gateway"); err != nil {
		return err
	}
	if e.worker, err = start(filepath.Join(e.stack.dir, "worker.log"), e.env, e.binary, "worker"); err != nil {
		return err
	}
	return until(ctx, startWithin, func() error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+"/readyz", nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close() //nolint:errcheck // nothing was written
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("/readyz: %s", answer.Status)
		}
		return nil
	})
}

func (e *usmEngine) open(name string) vegeta.Target {
	call := usm.NewCall{
		Domain: e.domain.ID, Type: usm.ServiceRequest, Subject: "Call of a benchmark", Requester: asks, Service: e.domain.Services[0].ID,
		Fields: map[string]any{"amount": 0},
	}
	switch name {
	case "workflow 1":
		call.Type = usm.Wish
	case "workflow 2":
		call.Type = usm.ChangeRequest
	case "approval":
		call.Fields["amount"] = 1
	case "asleep":
		call.Fields["amount"] = 2
	case handOver:
		call.Domain = handOver
	}
	return keyed(e.url+"/api/v1/calls", e.asks, call)
}

func (e *usmEngine) decide(w waits) vegeta.Target {
	if w.digest == "" {
		return keyed(e.url+"/api/v1/calls/"+w.number+"/steps/"+w.what, e.decides, steps.Example(usm.Step(w.what), "", steps.Context{}))
	}
	return keyed(e.url+"/api/v1/approvals/"+w.what+"/decisions", e.decides, usm.DecisionRequest{Decision: usm.Approve, Digest: w.digest})
}

// keyed is a request under a key of its own: what a careful client does; the others have no such thing.
func keyed(url, token string, body any) vegeta.Target {
	target := post(url, token, body)
	target.Header.Set("Idempotency-Key", rand.Text())
	return target
}

func (e *usmEngine) look() (waits, ends string) {
	return `SELECT call, id, document ->> 'digest' FROM approvals WHERE call = ANY($1) AND state = 'open' AND $2::integer > 0
		UNION ALL SELECT number, step, '' FROM calls WHERE number = ANY($1) AND waiting ->> 'kind' = 'step'
		AND step = (ARRAY['plan_operation', 'execute_operation'])[$2 - 1]`,
		`SELECT number, status, '' FROM calls WHERE number = ANY($1) AND closed_at IS NOT NULL AND $2::integer > 0`
}

func (e *usmEngine) trace(ctx context.Context, number string) (trace, error) {
	var calls []string
	err := e.stack.db.QueryRow(ctx, `WITH RECURSIVE path AS (SELECT $1::text AS number UNION ALL
		SELECT calls.number FROM calls JOIN path ON calls.parent = path.number) SELECT array_agg(number) FROM path`, number).Scan(&calls)
	if err != nil {
		return trace{}, err
	}
	return e.stack.temporal.trace(ctx, calls)
}

func (e *usmEngine) roots() []int { return []int{e.gateway.cmd.Process.Pid, e.worker.cmd.Process.Pid} }

func (e *usmEngine) restart(ctx context.Context) error {
	e.stop()
	return e.start(ctx)
}

func (e *usmEngine) stop() {
	e.gateway.stop()
	e.worker.stop()
}

// until asks again until there is no error.
func until(ctx context.Context, limit time.Duration, done func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := done()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not within %s: %w", limit, err)
		case <-tick.C:
		}
	}
}
