package rehearse

import (
	"fmt"

	"github.com/usm-works/usm/replay"
	"github.com/usm-works/usm/usm"
)

// norms is the part of a rehearsal that measures.
type norms struct {
	callType usm.CallType
	proposed *side
	against  *side     // nil without
	compared *recorded // nil when the log does not judge itself
	changes  *changes  // nil without against
}

// newNorms fails when the log or a domain has nothing to measure.
func newNorms(o Options) (n *norms, err error) {
	if err = o.Mapping.Measures(o.Log); err != nil {
		return nil, err
	}
	n = &norms{callType: o.Mapping.Call.Type}
	if n.proposed, err = newSide(o.Domain, n.callType, o.Agreement); err != nil {
		return nil, err
	}
	if o.Against != nil {
		n.changes = newChanges()
		if n.against, err = newSide(*o.Against, n.callType, o.Agreement); err != nil {
			return nil, err
		}
	}
	if o.Mapping.Facts.Compare.Column != "" {
		n.compared = newRecorded(o.Mapping.Facts.Compare)
	}
	return n, nil
}

// measure measures one case, and counts it in t.
func (n *norms) measure(story replay.Story, t *tally) error {
	after, err := n.proposed.measure(story, t)
	if err != nil {
		return err
	}
	t.count(story, n.callType, after)
	if n.compared != nil {
		n.compared.count(story, after)
	}
	if n.against == nil {
		return nil
	}
	before, err := n.against.measure(story, nil)
	if err != nil {
		return fmt.Errorf("against: %w", err)
	}
	n.changes.count(story, before, after)
	return nil
}
