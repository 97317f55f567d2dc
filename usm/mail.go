package usm

import "time"

// LinkLasts is how long a link in a mail opens its page at most; the approval's own time may end it earlier.
const LinkLasts = 30 * 24 * time.Hour

// Mail is what is told to one person in one message.
type Mail struct {
	ID     int64
	Key    string // random and stable: a repeated delivery has the same Message-ID
	Person string
	Name   string
	Email  string // "" for somebody who has none, or has left: it cannot be sent
	Tries  int    // this one included
	Items  []MailItem
}

// MailItem is one of the things that a mail tells.
type MailItem struct {
	Call    string // number; "" when it is about none
	Domain  string
	Zone    string // IANA, of the domain: the times of the mail are shown in it; "" is UTC
	Subject string // of the call
	Text    string // of the notice
	At      time.Time
	// Approval asks the person; nil for other news.
	Approval *Approval
	Proposed string // name of who proposed what is to be approved
	For      string // name of the approver whom the person stands in for; "" for himself
	Secret   string // of a link that decides, the only time that it can be read; "" for none
	Link     string // address of its page; the gateway makes it of Secret
	Page     string // address of the call's page; the gateway makes it of Call, "" without one
	Expires  time.Time
}

// ShowTime writes a moment as people read it, by the wall clock of an IANA zone: "Tue 1 Dec 2026 16:00 UTC". A zone that is
// unknown, or "", is UTC.
func ShowTime(at time.Time, zone string) string {
	location, err := time.LoadLocation(zone)
	if err != nil {
		location = time.UTC
	}
	return at.In(location).Format("Mon 2 Jan 2006 15:04 MST")
}

// MailLink is what a link in a mail is good for: one decision, by one person, for one approver, on one content.
type MailLink struct {
	Approval  string     `db:"approval"`
	Person    string     `db:"person"`    // whose decision it is
	By        string     `db:"by_person"` // who got it
	Digest    string     `db:"digest"`    // of the content that the mail shows
	ExpiresAt time.Time  `db:"expires_at"`
	UsedAt    *time.Time `db:"used_at"`
}

// Good reports whether the link still opens its page at a moment.
func (l MailLink) Good(now time.Time) bool { return l.UsedAt == nil && now.Before(l.ExpiresAt) }

// LinkExpiry is when a link to the approval that is sent now ends.
func (a Approval) LinkExpiry(now time.Time) time.Time {
	last := now.Add(LinkLasts)
	if a.Due != nil && a.Due.Before(last) {
		return *a.Due
	}
	return last
}

// Decides reports whether somebody may answer for an approver now.
func (a Approval) Decides(by, whom string) bool {
	if a.State != ApprovalOpen {
		return false
	}
	for _, d := range a.Deciders {
		if d.By == by && d.Person == whom {
			return true
		}
	}
	return false
}
