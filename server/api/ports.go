package api

import (
	"context"
	"time"

	"github.com/usm-works/usm/usm"
)

// Desk carries what people and systems ask to the workflows. Refusals are *usm.Error; usm.CodeUnavailable means that
// Temporal or every worker is away.
type Desk interface {
	// Start starts the workflow of a registered call (once, whatever the number of tries) and waits until it has settled.
	Start(ctx context.Context, call usm.Call) error
	// Act sends one action as an update to a run (a call, or usm.Obligation.WorkflowID) and waits for its answer, then until
	// it has settled.
	Act(ctx context.Context, run string, action usm.Action) (usm.Ack, error)
	// Answered returns the answer that a run has given to the action of that ID, also one that has ended; usm.CodeNotFound for none.
	Answered(ctx context.Context, run, id string) (usm.Ack, error)
	// Signal delivers a signal; usm.CodeNotFound when no open workflow has that number.
	Signal(ctx context.Context, number string, signal usm.Signal) error
	// ApplyDomain runs the technical workflow that applies a domain file.
	ApplyDomain(ctx context.Context, domain usm.Domain, by string) (usm.DomainResult, error)
	// Workers returns the workers that asked for work of these task queues lately, "" being the usual one, the latest first.
	Workers(ctx context.Context, queues []string) ([]usm.Worker, error)
	// Ready reports whether Temporal answers; usm.CodeConflict when it does and is not what is needed.
	Ready(ctx context.Context) error
}

// Intake is the only thing the gateway writes: what came in.
type Intake interface {
	// Begin claims an idempotency key. done is the first answer when there is one (Status not 0); usm.CodeKeyReused for
	// another fingerprint, usm.CodeInProgress while the first request runs (a claim older than 20 seconds is taken over).
	Begin(ctx context.Context, in usm.IntakeRequest) (done usm.IntakeAnswer, err error)
	// Finish keeps the answer; an answer of 5xx frees the key instead.
	Finish(ctx context.Context, in usm.IntakeRequest, answer usm.IntakeAnswer) error
	// Register takes a call: next number of its register, intake row, and the row of the register as `registered`, in one
	// transaction. With an in.Key that registered a call before it returns that call.
	Register(ctx context.Context, in usm.IntakeRequest, call usm.Call) (usm.Call, error)
	// Started marks that the engine has the call.
	Started(ctx context.Context, number string) error
	// Pending returns calls that wait for the engine for more than a second, oldest first, each to one gateway at a time.
	Pending(ctx context.Context, limit int) ([]usm.Call, error)
	// DeadLetter keeps a signal that no open call can take; a repeated one (same source, id and call) is absorbed.
	DeadLetter(ctx context.Context, number string, signal usm.Signal, reason string) error
	// DeadLetterReplayed marks a dead letter as delivered after all.
	DeadLetterReplayed(ctx context.Context, id int64) error

	// Heard marks that the engine has what ended an approval, so that its run need not look again; it changes nothing while
	// the approval is open.
	Heard(ctx context.Context, approval usm.Approval) error
	// Nudges returns the IDs of runs that have to look at their approval again, because the directory changed or because the
	// engine may have lost what ended it, oldest first, each to one gateway at a time, and how long it takes until the next is
	// due, less than 0 when none waits.
	Nudges(ctx context.Context, limit int) ([]string, time.Duration, error)
	// Nudged marks that the run has looked.
	Nudged(ctx context.Context, run string) error
	// Unanswered keeps an action for which the engine had no answer: it may have been recorded, and its run know nothing of it.
	Unanswered(ctx context.Context, call string, action usm.Action) error
	// Rest returns those of these actions that have finished the step before the one that their call waits with for a person, and
	// keeps them as Unanswered does: this gateway sends them now.
	Rest(ctx context.Context, sent []usm.SentAction) ([]usm.SentAction, error)
	// Outstanding returns the actions of a call that are recorded and kept, oldest first.
	Outstanding(ctx context.Context, call string) ([]usm.SentAction, error)
	// ActorOf returns who did the action of that ID that is recorded of a call, and under which rule; usm.CodeNotFound for none.
	ActorOf(ctx context.Context, call, action string) (usm.Actor, error)
	// Recorded returns actions without an answer that were recorded all the same, oldest first, each to one gateway at a time, and
	// how long it takes until it is to be asked again, less than 0 when nothing is kept.
	Recorded(ctx context.Context, limit int) ([]usm.SentAction, time.Duration, error)
	// Answered forgets an action that the engine has answered.
	Answered(ctx context.Context, sent usm.SentAction) error
	// Delegate records a delegation and returns it with its number; usm.CodeInvalid when it would lead back to where a chain of
	// delegations begins.
	Delegate(ctx context.Context, delegation usm.Delegation) (usm.Delegation, error)
	// RevokeDelegation ends a delegation now; one that has ended already stays as it is.
	RevokeDelegation(ctx context.Context, id int64, by string) error
	// Refuse records what segregation of duties kept from somebody.
	Refuse(ctx context.Context, refusal usm.Refusal) error

	// SaveFilter keeps a filter for a person, in place of one of the same name for the same register.
	SaveFilter(ctx context.Context, person string, filter usm.SavedFilter) (usm.SavedFilter, error)
	// DeleteFilter forgets a filter of a person; usm.CodeNotFound when he keeps none with that number.
	DeleteFilter(ctx context.Context, person string, id int64) error
	// RevokeToken ends a token now, and returns it; one that was revoked before stays as it is.
	RevokeToken(ctx context.Context, id string) (usm.Token, error)
}

// Reader answers questions from the registers. A list returns the cursor of the next page, "" at the end.
type Reader interface {
	Call(ctx context.Context, number string) (usm.CallView, error) // AllowedActions and TemporalURL are left to the API
	Calls(ctx context.Context, filter usm.CallFilter) (calls []usm.CallView, next string, err error)
	Path(ctx context.Context, number string) ([]usm.PathView, error)
	Events(ctx context.Context, number string, page usm.Page) (events []usm.Event, next string, err error)
	// Feed returns events of every call after the given position, for server-sent events. A negative position asks
	// where the feed is now: no events and the position of the last one (0 for none).
	Feed(ctx context.Context, after int64, sight *usm.Sight, limit int) (events []usm.Event, position int64, err error)
	// Listen calls wake whenever something was recorded, until ctx ends.
	Listen(ctx context.Context, wake func()) error

	Domains(ctx context.Context) ([]usm.Domain, error) // each as Configuration has it
	// Domain returns a version of a domain as a file would hold it; version 0 is the current one. Components and
	// agreements are those of the registers now.
	Domain(ctx context.Context, id string, version int) (usm.Domain, error)
	// Configuration returns what Domain does without agreements and components, of which there may be very many.
	Configuration(ctx context.Context, id string, version int) (usm.Domain, error)
	// DirectoryChanges returns what was done to the people of a domain, or to one of them, the latest first.
	DirectoryChanges(ctx context.Context, domain, person string, page usm.Page) (changes []usm.DirectoryChange, next string, err error)
	Binding(ctx context.Context, number string) (usm.Binding, error)
	Components(ctx context.Context, filter usm.ComponentFilter) (components []usm.Component, next string, err error)
	Component(ctx context.Context, domain, id string) (usm.Component, []usm.ComponentVersion, error) // with its history, newest first
	Impact(ctx context.Context, domain, component string) (usm.Impact, error)
	// CountRisks counts open risks by effect and likelihood.
	CountRisks(ctx context.Context, filter usm.RiskFilter) ([]usm.RiskCount, error)
	// Filters returns what a person keeps for a register; register "" is all of them.
	Filters(ctx context.Context, person string, register usm.CallType) ([]usm.SavedFilter, error)
	Agreements(ctx context.Context, domain string) ([]usm.Agreement, error) // every version
	Solutions(ctx context.Context, domain, q string, page usm.Page) (solutions []usm.Solution, next string, err error)
	// Covered returns how an agreement in force covers the request, and by which clause; the zero Coverage for none.
	Covered(ctx context.Context, request usm.NewCall) (usm.Coverage, error)
	// Clocks returns the clocks of a call as they stand at the moment, with all that they are computed from, and those of
	// the children of its forks.
	Clocks(ctx context.Context, number string) (usm.ClockExport, error)
	// AgreementHistory returns what happened to the versions of an agreement, oldest first.
	AgreementHistory(ctx context.Context, domain, agreement string) ([]usm.AgreementEvent, error)
	NormReport(ctx context.Context, filter usm.NormFilter) ([]usm.NormRow, error)
	// NormCalls returns the clocks behind a number of that report (filter.Of is its row, filter.Result the number), with
	// their calls, the latest first.
	NormCalls(ctx context.Context, filter usm.NormFilter) (clocks []usm.CallClock, next string, err error)
	Availability(ctx context.Context, filter usm.NormFilter) ([]usm.AvailabilityRow, error)
	Flow(ctx context.Context, filter usm.ReportFilter) ([]usm.FlowRow, error)
	OpenByAge(ctx context.Context, filter usm.ReportFilter) ([]usm.OpenRow, error)
	WaitingByStep(ctx context.Context, filter usm.ReportFilter) ([]usm.WaitingRow, error)
	BouncesByStep(ctx context.Context, filter usm.ReportFilter) ([]usm.BounceRow, error)
	// ReportCalls returns the calls behind a number of those four, which filter.Of and what follows it name.
	ReportCalls(ctx context.Context, filter usm.ReportFilter) (calls []usm.ReportCall, next string, err error)
	Backlog(ctx context.Context) (usm.Backlog, error)
	// Approval returns an approval with Deciders; usm.CodeNotFound when there is none.
	Approval(ctx context.Context, id string) (usm.Approval, error)
	Approvals(ctx context.Context, filter usm.ApprovalFilter) (approvals []usm.Approval, next string, err error)
	Delegation(ctx context.Context, id int64) (usm.Delegation, error)
	Delegations(ctx context.Context, filter usm.DelegationFilter) (delegations []usm.Delegation, next string, err error)
	// Refusals returns what segregation of duties kept from people at a call, oldest first.
	Refusals(ctx context.Context, number string) ([]usm.Refusal, error)
	DeadLetters(ctx context.Context, page usm.Page) (letters []usm.DeadLetter, next string, err error)
	FindDeadLetter(ctx context.Context, id int64) (usm.DeadLetter, error)
	Tokens(ctx context.Context, filter usm.TokenFilter) (tokens []usm.Token, next string, err error)

	// Caller returns who holds the token (given in clear, kept hashed), with Steers and Manages from the classes of the
	// profiles held; usm.CodeUnauthenticated otherwise.
	Caller(ctx context.Context, token string) (usm.Caller, error)
	// Callback returns call, step and attempt of a callback secret; usm.CodeNotFound when it is unknown or its step is over.
	Callback(ctx context.Context, secret string) (number string, step usm.Step, attempt int, err error)
	// Ready reports whether Postgres answers; usm.CodeConflict when its schema is not the one this binary knows.
	Ready(ctx context.Context) error
}
