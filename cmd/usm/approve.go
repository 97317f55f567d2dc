package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// answer is what somebody answers to an approval.
type answer struct {
	whom, reason, digest, key string
}

func (o *answer) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.whom, "for", "", "approver whom you stand in for")
	flags.StringVar(&o.reason, "reason", "", "why; needed to reject")
	flags.StringVar(&o.digest, "digest", "", "of the content that you have read (default: what it is now)")
	flags.StringVar(&o.key, "key", "", "idempotency key: the same key answers once")
}

// approveCommand lists what asks for the caller's approval and gives it; its subcommands do the rest.
func (a *app) approveCommand() *cobra.Command {
	o := &answer{}
	var page usm.Page
	cmd := a.api(&cobra.Command{
		Use:   "approve [APPROVAL]",
		Short: "Approve what is proposed; without APPROVAL list what asks for your approval",
		Example: "  usm approve --as anna                                     what asks for Anna's approval\n" +
			"  usm approve show RFC-000001.1                             what is asked, of whom, and how it stands\n" +
			"  usm approve RFC-000001.1 --as anna                        approve it\n" +
			"  usm approve reject RFC-000001.1 --as anna --reason TEXT   reject it",
		Args: arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.approvalsOfMine(cmd.Context(), page)
			}
			return a.decide(cmd.Context(), args[0], usm.Approve, o)
		},
	})
	o.flags(cmd)
	pageFlags(cmd, &page)
	cmd.AddCommand(
		a.approvalListCommand(), a.approvalShowCommand(),
		a.decideCommand("reject APPROVAL", "Reject what is proposed, with --reason", usm.Reject),
		a.decideCommand("abstain APPROVAL", "Abstain", usm.Abstain),
		a.bypassCommand(), a.addApproverCommand(),
	)
	return cmd
}

func (a *app) decideCommand(use, short string, decision usm.Decision) *cobra.Command {
	o := &answer{}
	cmd := a.api(&cobra.Command{
		Use:   use,
		Short: short,
		Args:  arguments(1, 1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.decide(cmd.Context(), args[0], decision, o) },
	})
	o.flags(cmd)
	return cmd
}

// decide answers an approval. Without --as, in dev, that is the first person who may.
func (a *app) decide(ctx context.Context, id string, decision usm.Decision, o *answer) error {
	if !strings.Contains(id, ".") {
		return usagef("%q is no approval: they are called like RFC-000001.1", id)
	}
	if decision == usm.Reject && o.reason == "" {
		return usagef("a rejection needs a --reason")
	}
	s, err := a.session()
	if err != nil {
		return err
	}
	read, err := s.Approval(ctx, id)
	if err != nil {
		return err
	}
	c, person := s.decider(read)
	request := usm.DecisionRequest{Decision: decision, Reason: o.reason, Digest: o.digest, For: o.whom}
	if request.Digest == "" {
		request.Digest = read.Digest
	}
	view, err := c.Decide(ctx, id, request, client.WithKey(o.key))
	if err != nil {
		return err
	}
	did := did(map[usm.Decision]string{usm.Approve: "approved", usm.Reject: "rejected", usm.Abstain: "abstained"}[decision], person)
	return a.approvalMoved(view, did)
}

// decider returns a client that may decide an approval, and who that is when the command chose.
func (s *session) decider(view usm.ApprovalView) (c *client.Client, person string) {
	if s.chosen() {
		return s.Client, s.person
	}
	for _, d := range view.Deciders {
		if token, known := s.tokens[d.By]; known {
			return s.As(token), d.By
		}
	}
	return s.Client, "" // the gateway says why not
}

func (a *app) approvalsOfMine(ctx context.Context, page usm.Page) error {
	s, err := a.session()
	if err != nil {
		return err
	}
	if !s.chosen() {
		return usagef("whose approvals? choose a person with --as: %s", join(s.people()))
	}
	found, next, err := s.Approvals(ctx, usm.ApprovalFilter{Page: page, Asks: "me"})
	if err != nil {
		return err
	}
	return a.approvals(found, next)
}

func (a *app) approvalListCommand() *cobra.Command {
	var filter usm.ApprovalFilter
	cmd := a.api(&cobra.Command{
		Use:   "list",
		Short: "List approvals, whoever they ask, the newest first",
		Args:  arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			found, next, err := s.Approvals(cmd.Context(), filter)
			if err != nil {
				return err
			}
			return a.approvals(found, next)
		},
	})
	flags := cmd.Flags()
	flags.StringVar(&filter.Domain, "domain", "", "of this domain only")
	flags.StringVar(&filter.Call, "call", "", "of this call only")
	flags.StringVar((*string)(&filter.Step), "step", "", "of this step only")
	flags.StringVar((*string)(&filter.State), "state", "", "in this state only: open, approved, rejected, expired, …")
	flags.StringVar(&filter.Policy, "policy", "", "of this policy only")
	pageFlags(cmd, &filter.Page)
	return cmd
}

// steered describes a command that does something to an approval beside deciding it, for which a reason is needed.
func (a *app) steered(
	use, short, did string, reason, key *string, do func(ctx context.Context, c *client.Client, id string) (usm.ApprovalView, error),
) *cobra.Command {
	cmd := a.api(&cobra.Command{
		Use:   use,
		Short: short,
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			view, err := do(cmd.Context(), s.Client, args[0])
			if err != nil {
				return err
			}
			return a.approvalMoved(view, did)
		},
	})
	cmd.Flags().StringVar(reason, "reason", "", "why")
	cmd.Flags().StringVar(key, "key", "", "idempotency key: the same key does it once")
	return cmd
}

func (a *app) bypassCommand() *cobra.Command {
	var reason, key string
	return a.steered("bypass APPROVAL", "Go on without the approval in an emergency; it is owed afterwards", "bypassed", &reason, &key,
		func(ctx context.Context, c *client.Client, id string) (usm.ApprovalView, error) {
			return c.Bypass(ctx, id, reason, client.WithKey(key))
		})
}

func (a *app) addApproverCommand() *cobra.Command {
	var reason, key string
	var approver usm.Approver
	cmd := a.steered("add APPROVAL", "Ask one more --person or --profile", "added", &reason, &key,
		func(ctx context.Context, c *client.Client, id string) (usm.ApprovalView, error) {
			if (approver.Person == "") == (approver.Profile == "") {
				return usm.ApprovalView{}, usagef("give either --person or --profile")
			}
			return c.AddApprover(ctx, id, approver, reason, client.WithKey(key))
		})
	cmd.Flags().StringVar(&approver.Person, "person", "", "id of a person of the domain")
	cmd.Flags().StringVar(&approver.Profile, "profile", "", "id of a profile, each of whose holders is asked")
	return cmd
}

// approvalMoved writes, in a line, how an approval stands after something was done to it.
func (a *app) approvalMoved(view usm.ApprovalView, did string) error {
	return a.print(view, func() {
		fmt.Fprintln(a.out, a.faint(did))
		line := a.strong(view.ID) + "  " + a.approvalState(view.State)
		if asked := deciders(view); asked != "" && view.State == usm.ApprovalOpen {
			line += ", waits for " + asked
		}
		fmt.Fprintln(a.out, line)
	})
}
