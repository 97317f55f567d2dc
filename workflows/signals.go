package workflows

import (
	"encoding/json"
	"slices"
	"strings"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/usm-works/usm/usm"
)

// The signals that workflows of this product send each other.
const (
	signalAbort      = "usm_abort"       // parent to child: usm.Action with the reason
	signalReport     = "usm_report_to"   // parent to child: the number to report to
	signalChildEnded = "usm_child_ended" // child to parent: usm.Result
)

// keptSignals is how many keys of signals are remembered to recognise a repeated delivery.
const keptSignals = 200

// listen receives every signal that the run gets, whatever its name, from the first second to the last: also a run that
// was cancelled waits for its children.
func (c *call) listen() {
	free, _ := workflow.NewDisconnectedContext(c.ctx)
	workflow.Go(free, func(ctx workflow.Context) {
		for {
			if workflow.Await(ctx, func() bool { return len(workflow.GetUnhandledSignalNames(ctx)) > 0 }) != nil {
				return
			}
			c.drain()
		}
	})
}

// drain takes every signal that has arrived.
func (c *call) drain() {
	names := workflow.GetUnhandledSignalNames(c.ctx)
	slices.Sort(names) // the SDK gives them in the order of a map
	for _, name := range names {
		channel := workflow.GetSignalChannel(c.ctx, name)
		var raw converter.RawValue
		for channel.ReceiveAsync(&raw) {
			c.receive(name, raw.Payload().GetData())
		}
	}
}

// receive takes one signal: the product's own at once, a repeated one not at all, any other for the step that waits
// for it now or later.
//
//workflowcheck:ignore encoding/json decodes the same bytes to the same value
func (c *call) receive(name string, data []byte) {
	switch name {
	case signalAbort:
		var action usm.Action
		if json.Unmarshal(data, &action) == nil {
			c.p.Abort = &action
			c.abortSoon(action)
		}
		return
	case signalReport:
		if json.Unmarshal(data, &c.p.ReportTo) != nil {
			c.p.ReportTo = c.in.Parent
		}
		return
	case signalChildEnded:
		var result usm.Result
		if json.Unmarshal(data, &result) == nil {
			c.childEnded(result)
		}
		return
	}
	var payload any
	if json.Unmarshal(data, &payload) != nil {
		payload = string(data)
	}
	signal := usm.SignalOf(name, payload)
	key := name + "\x1f" + signal.Key() // the same event under another name may be the correction of a mistake
	if plain(signal.Source) {
		key = name + plainKey + key
	}
	if slices.Contains(c.p.Seen, key) {
		return
	}
	c.p.Seen = append(c.p.Seen, key)
	if surplus := len(c.p.Seen) - keptSignals; surplus > 0 {
		c.p.Seen = c.p.Seen[surplus:]
	}
	c.p.Early = append(c.p.Early, signal)
}

// plainKey marks the keys of payloads that came without an ID of their own: their ID is made from the content.
const plainKey = "\x1fplain\x1f"

func plain(source string) bool { return source == "plain" || source == "callback" }

// forgetPlain forgets payloads without an ID when the call goes back: a step that is repeated may be answered in the same
// words.
func (c *call) forgetPlain() {
	c.p.Seen = slices.DeleteFunc(slices.Clone(c.p.Seen), func(key string) bool { return strings.Contains(key, plainKey) })
}

// listenFor sorts out, once the procedure is known, signals that no step of it will ever wait for.
func (c *call) listenFor() {
	workflow.Go(c.ctx, func(ctx workflow.Context) {
		for c.alive() {
			if workflow.Await(ctx, func() bool { return !c.alive() || slices.ContainsFunc(c.p.Early, c.unknown) }) != nil || !c.alive() {
				return
			}
			c.sortOut(ctx)
		}
	})
}

func (c *call) sortOut(ctx workflow.Context) {
	if c.lock.Lock(ctx) != nil {
		return
	}
	defer c.lock.Unlock()
	var letters []usm.Signal
	c.p.Early = slices.DeleteFunc(slices.Clone(c.p.Early), func(s usm.Signal) bool {
		if c.unknown(s) {
			letters = append(letters, s)
			return true
		}
		return false
	})
	if len(letters) > 0 {
		c.failed(c.deadLetter(ctx, "no step of the procedure waits for a signal of this name", letters...))
	}
}

// unknown reports whether no step of the procedure waits for the signal.
func (c *call) unknown(signal usm.Signal) bool {
	for _, step := range c.b.Procedure.Steps {
		if step.Signal != nil && step.Signal.Name == signal.Name {
			return false
		}
	}
	return true
}

func (c *call) deadLetter(ctx workflow.Context, reason string, letters ...usm.Signal) error {
	_, err := c.amend(ctx, usm.Amendment{Kind: usm.EventDeadLetter, Actor: usm.Automatic, Text: reason, Signals: letters}, nil)
	return err
}
