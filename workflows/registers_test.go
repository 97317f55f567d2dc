package workflows_test

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/usm-works/usm/usm"
)

// registers keeps calls in memory as activities.Registers asks for it: numbers from one sequence per register, each
// change once per key. Everything that was written stays in order, for the tests to look at.
type registers struct {
	gates

	mu       sync.Mutex
	bindings map[usm.Process]usm.Binding
	calls    map[string]*kept
	last     map[usm.CallType]int64
	done     map[string]usm.StepResult
	trail    []entry

	refuse func(key string) error                    // asked before anything is written; nil refuses nothing
	watch  func(number string, now *entry) usm.Watch // what the clocks of a call say after a change, nil when it opens; nil: nothing
	brings map[string]usm.StepResult                 // what an alarm or a step brings, by the alarm's key or the step
	terms  []usm.AgreementTerm                       // of a domain that is applied
	turns  []usm.AgreementTurn
}

// kept is a call as the registers know it.
type kept struct {
	usm.Call
	workflow string
	next     usm.Next
	opens    int // how often a run opened it
}

// entry is a change that was written: a step with its effects, or an amendment.
type entry struct {
	call      string
	kind      usm.EventKind
	step      usm.StepInput
	effects   usm.Effects
	amendment usm.Amendment
	opened    []usm.Call
	approval  *usm.ApprovalResult
	owed      *usm.Obligation
}

func newRegisters() *registers {
	r := &registers{
		bindings: map[usm.Process]usm.Binding{}, calls: map[string]*kept{}, last: map[usm.CallType]int64{},
		done: map[string]usm.StepResult{}, gates: gates{who: whoIsWho(), calendar: always, now: time.Now},
	}
	for _, process := range usm.Processes() {
		r.bindings[process] = usm.Binding{
			Version: 1, Categories: []string{"hardware", "software"}, Priorities: usm.DefaultPriorities(),
			Procedure: usm.Procedure{
				Process: process, Default: usm.ProcedureStep{Accountable: "coordinator", Responsible: []string{"operator"}},
			},
		}
	}
	return r
}

// change alters the binding of a process for calls that are opened later.
func (r *registers) change(process usm.Process, alter func(*usm.Binding)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	binding := r.bindings[process]
	alter(&binding)
	r.bindings[process] = binding
}

// register gives a call its number; the caller holds the lock.
func (r *registers) register(call usm.Call, workflow string) usm.Call {
	if call.Number == "" {
		r.last[call.Type]++
		call.Number = call.Type.Number(r.last[call.Type])
	}
	call.Progress = nil
	r.calls[call.Number] = &kept{Call: call, workflow: workflow}
	return call
}

func (r *registers) Open(_ context.Context, call usm.Call, workflow string) (usm.Binding, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refused("open/" + call.Number); err != nil {
		return usm.Binding{}, err
	}
	w, _ := usm.WorkflowNamed(workflow)
	known, ok := r.calls[call.Number]
	if !ok {
		r.register(call, workflow)
		known = r.calls[call.Number]
	}
	if known.opens++; known.opens == 1 {
		first := w.Process.Steps()[0]
		waiting := r.bindings[w.Process].Procedure.WaitingAt(call, first, 1, usm.Segregated(call, nil, first))
		known.next = usm.Next{Workflow: workflow, Step: first, Attempt: 1, Status: waiting.Status(), Waiting: waiting}
	}
	binding := r.bindings[w.Process]
	binding.Watch = r.watching(call.Number, "", r.watched(call.Number, nil))
	return binding, nil
}

func (r *registers) watched(number string, now *entry) usm.Watch {
	if r.watch == nil {
		return usm.Watch{}
	}
	return r.watch(number, now)
}

func (r *registers) FinishStep(_ context.Context, in usm.StepInput, effects usm.Effects) (usm.StepResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := fmt.Sprintf("%s/step/%s/%d", in.Call.Number, in.Step, in.Attempt)
	if result, ok := r.done[key]; ok {
		return result, nil
	}
	if err := r.refused(key); err != nil {
		return usm.StepResult{}, err
	}
	written := entry{call: in.Call.Number, kind: usm.EventStepFinished, step: in, effects: effects}
	for _, name := range in.Forks {
		written.kind = usm.EventForked
		w, _ := usm.WorkflowNamed(name)
		child := in.Call
		child.Number, child.Type, child.Parent = "", w.Process.CallType(), in.Call.Number
		child.ForkedAt, child.Coordinator = in.Step, in.ConfirmBy
		written.opened = append(written.opened, r.register(child, name))
	}
	for _, raised := range effects.Raise {
		call := usm.Call{NewCall: raised}
		written.opened = append(written.opened, r.register(call, raised.Type.Start().Name))
	}
	r.withdraw(in.Call.Number, &written)
	written.approval = nil // a step says nothing of approvals
	return r.write(key, written, &in.Next), nil
}

func (r *registers) Amend(_ context.Context, in usm.Amendment) (usm.StepResult, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := in.Call.Number + "/" + in.Key
	if result, ok := r.done[key]; ok {
		return result, nil
	}
	if err := r.refused(key); err != nil {
		return usm.StepResult{}, err
	}
	written := entry{call: in.Call.Number, kind: in.Kind, amendment: in}
	if in.Kind == usm.EventRetyped {
		call := in.Call
		call.Number, call.Type, call.Category, call.Priority = "", in.Type, "", ""
		written.opened = append(written.opened, r.register(call, in.Type.Start().Name))
	}
	if nothing, err := r.follow(in, &written); err != nil || nothing {
		return usm.StepResult{}, err
	}
	return r.write(key, written, in.Next), nil
}

// write keeps a change and what follows from it; the caller holds the lock.
func (r *registers) write(key string, written entry, next *usm.Next) usm.StepResult {
	if next != nil {
		r.calls[written.call].next = *next
	}
	result := r.brings[cmp.Or(written.amendment.Alarm.Key, string(written.step.Step))]
	result.Approval, result.Owed = written.approval, written.owed
	watch := r.watched(written.call, &written)
	result.Outcome, result.Watch = written.step.Outcome, r.watching(written.call, about(written.amendment), watch)
	result.Opened = append(result.Opened, written.opened...)
	r.done[key] = result
	r.trail = append(r.trail, written)
	return result
}

func (r *registers) refused(key string) error {
	if r.refuse == nil {
		return nil
	}
	return r.refuse(key)
}

func (r *registers) Callback(_ context.Context, number string, step usm.Step, attempt int) (string, error) {
	return fmt.Sprintf("secret-of-%s-%s-%d", number, step, attempt), nil
}

func (r *registers) Turn(_ context.Context, _ usm.AgreementTerm, turn usm.AgreementTurn) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refused("turn/" + string(turn.Kind)); err != nil {
		return err
	}
	r.turns = append(r.turns, turn)
	return nil
}

func (r *registers) ApplyDomain(_ context.Context, domain usm.Domain, _ string) (usm.DomainResult, error) {
	return usm.DomainResult{Version: domain.Version + 1, Changed: true, Terms: r.terms}, r.refused("domain/" + domain.ID)
}
