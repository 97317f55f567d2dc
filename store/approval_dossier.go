package store

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/usm-works/usm/usm"
	"github.com/usm-works/usm/usm/approval"
)

// dossier is all approvals of a call, in a transaction that holds the lock of the call. What is decided is put into it, and
// finish writes what became of them.
type dossier struct {
	*tx
	row  *locked
	all  []usm.Approval      // by number, as they are now
	was  []usm.Approval      // as they were found
	asks map[string][]askRow // of the open ones
	who  *approval.Directory // read when it is needed first

	rings   usm.Alarm                 // its moment has come, also when the engine's clock is ahead of the database's
	worlds  map[string]approval.World // by id
	alarms  map[string]usm.Alarm      // of the open ones
	notices []usm.Notice
}

func (t *tx) dossier(ctx context.Context, row *locked) (*dossier, error) {
	var rows []struct {
		Document document[usm.Approval] `db:"document"`
		Alarm    document[usm.Alarm]    `db:"alarm"`
		Asks     document[[]askRow]     `db:"asks"`
	}
	err := t.SelectContext(ctx, &rows, `
		SELECT document, alarm, (SELECT jsonb_agg(k ORDER BY k.person) FROM approval_asks k WHERE k.approval = a.id) AS asks
		FROM approvals a WHERE call = $1 ORDER BY n`, row.Number)
	if err != nil {
		return nil, err
	}
	d := &dossier{
		tx: t, row: row, asks: map[string][]askRow{}, worlds: map[string]approval.World{}, alarms: map[string]usm.Alarm{},
	}
	for _, r := range rows {
		d.all = append(d.all, r.Document.value)
		d.asks[r.Document.value.ID], d.alarms[r.Document.value.ID] = r.Asks.value, r.Alarm.value
	}
	d.was = slices.Clone(d.all)
	return d, nil
}

// open is the approval that the call waits for.
func (d *dossier) open() (usm.Approval, bool) {
	for _, a := range d.all {
		if a.State == usm.ApprovalOpen && !a.Retro {
			return a, true
		}
	}
	return usm.Approval{}, false
}

// find returns the approval of that id; usm.CodeOutOfTurn when the call has none.
func (d *dossier) find(id string) (usm.Approval, error) {
	if at := slices.IndexFunc(d.all, func(a usm.Approval) bool { return a.ID == id }); at >= 0 {
		return d.all[at], nil
	}
	return usm.Approval{}, usm.Errorf(usm.CodeOutOfTurn, "%s waits for no approval %q", d.row.Number, id)
}

// put takes over what became of an approval.
func (d *dossier) put(a usm.Approval) usm.Approval {
	if a.State != usm.ApprovalOpen && a.ClosedAt == nil {
		now := d.row.Now.UTC()
		a.ClosedAt = &now
	}
	at := slices.IndexFunc(d.all, func(known usm.Approval) bool { return known.ID == a.ID })
	d.all[at] = a
	return a
}

// end ends an open approval in another way than by a decision.
func (d *dossier) end(a usm.Approval, state usm.ApprovalState, why string) {
	a.State, a.Why = state, why
	d.put(a)
}

// add opens an approval that has its policy, its content and who proposed it.
func (d *dossier) add(ctx context.Context, a usm.Approval) (usm.Approval, error) {
	row := d.row
	a.ID, a.Call, a.Domain, a.Subject = approvalID(row.Number, len(d.all)+1), row.Number, row.Domain, row.Subject
	a.State, a.OpenedAt = usm.ApprovalOpen, row.Now.UTC()
	w, err := d.world(ctx, a)
	if err != nil {
		return a, err
	}
	if a, err = approval.Open(a, w); err != nil {
		return a, uncountable(row.Number, err)
	}
	d.all = append(d.all, a)
	return a, nil
}

// world is what an approval is looked at with.
func (d *dossier) world(ctx context.Context, a usm.Approval) (approval.World, error) {
	if known, ok := d.worlds[a.ID]; ok {
		return known, nil
	}
	if d.who == nil {
		who, err := d.store.whoIsWho(ctx, d.tx, d.row.Domain)
		if err != nil {
			return approval.World{}, err
		}
		d.who = &who
	}
	now := d.row.Now
	if d.rings.At.After(now) {
		now = d.rings.At
	}
	w, err := d.store.worldOf(ctx, d.tx, *d.who, d.row.approvedAs(), a, now)
	d.worlds[a.ID] = w
	return w, err
}

// finish puts into the change what became of the approvals: their rows, whom they ask, and what those are told.
func (d *dossier) finish(ctx context.Context, c *change) error {
	for i, a := range d.all {
		var before usm.Approval
		if i < len(d.was) {
			before = d.was[i]
		}
		if reflect.DeepEqual(before, a) {
			continue
		}
		asked := d.asks[a.ID]
		delete(d.asks, a.ID)
		delete(d.alarms, a.ID)
		if a.State == usm.ApprovalOpen {
			if err := d.stillOpen(ctx, before, a); err != nil {
				return err
			}
		}
		c.Approvals = append(c.Approvals, approvalRowOf(a, d.alarms[a.ID]))
		c.asks(asked, d.asks[a.ID])
	}
	return nil
}

// stillOpen works out whom an open approval asks now, what is due next, and who is to be told.
func (d *dossier) stillOpen(ctx context.Context, before, a usm.Approval) error {
	w, err := d.world(ctx, a)
	if err != nil {
		return err
	}
	if d.alarms[a.ID], err = approval.Next(a, w); err != nil {
		return uncountable(d.row.Number, err)
	}
	d.asks[a.ID] = asksOf(a, w)
	d.notices = append(d.notices, newlyAsked(before, a, w)...)
	if a.Stuck != "" && before.Stuck == "" {
		return d.tellStuck(ctx, a)
	}
	return nil
}

// asksOf are the people whom an open approval asks now, themselves or as substitutes; who stands in for one of them by a
// delegation is worked out when it is read.
func asksOf(a usm.Approval, w approval.World) []askRow {
	w.Delegations = nil
	var rows []askRow
	for _, decider := range approval.Deciders(a, w) {
		if !slices.ContainsFunc(rows, func(r askRow) bool { return r.Person == decider.By }) {
			rows = append(rows, askRow{Approval: a.ID, Person: decider.By, Due: a.Due})
		}
	}
	slices.SortFunc(rows, func(a, b askRow) int { return strings.Compare(a.Person, b.Person) })
	return rows
}
