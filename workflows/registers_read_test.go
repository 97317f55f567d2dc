package workflows_test

import "github.com/usm-works/usm/usm"

// next is where a call is, as the registers were told last.
func (r *registers) next(number string) usm.Next {
	r.mu.Lock()
	defer r.mu.Unlock()
	if call, ok := r.calls[number]; ok {
		return call.next
	}
	return usm.Next{}
}

// opens is how often runs have opened a call.
func (r *registers) opens(number string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if call, ok := r.calls[number]; ok {
		return call.opens
	}
	return 0
}

// call is the request as it was registered.
func (r *registers) call(number string) usm.Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	if call, ok := r.calls[number]; ok {
		return call.Call
	}
	return usm.Call{}
}

// entries are the changes of a call, in order; with kinds only those of these kinds.
func (r *registers) entries(number string, kinds ...usm.EventKind) []entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []entry
	for _, e := range r.trail {
		wanted := len(kinds) == 0
		for _, kind := range kinds {
			wanted = wanted || e.kind == kind
		}
		if e.call == number && wanted {
			found = append(found, e)
		}
	}
	return found
}

// executed is the path that a call took, its children's steps right after the fork that opened them.
func (r *registers) executed(number string, depth int) []usm.PathStep {
	var path []usm.PathStep
	for _, e := range r.entries(number, usm.EventStepFinished, usm.EventForked) {
		if e.step.Step == "" {
			continue // the return of the children, which finishes the fork step
		}
		w, _ := usm.WorkflowNamed(e.step.Workflow)
		path = append(path, usm.PathStep{Workflow: w, Step: e.step.Step, Depth: depth})
		if e.kind == usm.EventForked {
			for _, child := range e.opened {
				path = append(path, r.executed(child.Number, depth+1)...)
			}
		}
	}
	return path
}
