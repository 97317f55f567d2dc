package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usm-works/usm/usm"
)

// finish is `usm call finish` and its flags.
type finish struct {
	input
	outcome       string
	note          string
	notApplicable string
	example       bool
}

func (a *app) finishCommand() *cobra.Command {
	f := &finish{}
	cmd := a.api(&cobra.Command{
		Use:   "finish NUMBER [STEP]",
		Short: "Finish a step; without STEP the open one",
		Long: "Finish a step; without STEP the open one. --example finishes it with the example that the gateway gives,\n" +
			"into which --outcome, --field and --fields are merged.",
		Args: arguments(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			step := ""
			if len(args) == 2 {
				step = args[1]
			}
			return a.finish(cmd.Context(), f, args[0], usm.Step(step))
		},
	})
	f.flags(cmd)
	cmd.Flags().StringVar(&f.outcome, "outcome", "", "what was decided")
	cmd.Flags().StringVar(&f.note, "note", "", "a note for the trail")
	cmd.Flags().StringVar(&f.notApplicable, "not-applicable", "", "reason why the step is not needed, instead of fields")
	cmd.Flags().BoolVar(&f.example, "example", false, "send the example that the gateway gives")
	return cmd
}

func (a *app) finish(ctx context.Context, f *finish, number string, step usm.Step) error {
	fields, err := a.fields(&f.input)
	if err != nil {
		return err
	}
	s, err := a.session()
	if err != nil {
		return err
	}
	if step == "" {
		view, err := s.Call(ctx, number)
		if err != nil {
			return err
		}
		if step = view.Step; step == "" {
			return fmt.Errorf("%s has no open step: it is %s", number, view.Status)
		}
	}
	c, person, err := s.actor(ctx, number, "steps/"+string(step))
	if err != nil {
		return err
	}
	body := usm.FinishRequest{Outcome: usm.Outcome(f.outcome), Fields: fields, Note: f.note}
	if f.notApplicable != "" {
		body.NotApplicable = &usm.Reason{Reason: f.notApplicable}
	}
	if f.example {
		needs, err := c.StepView(ctx, number, step, body.Outcome)
		if err != nil {
			return err
		}
		merge(&body, needs.Example)
	}
	view, err := c.Finish(ctx, number, step, body, f.options()...)
	if err != nil {
		return err
	}
	return a.moved(view, did("finished "+string(step), person))
}

// merge completes a body with an example; what was given goes before.
func merge(body *usm.FinishRequest, example map[string]any) {
	if outcome, ok := example["outcome"].(string); ok && body.Outcome == "" {
		body.Outcome = usm.Outcome(outcome)
	}
	fields, _ := example["fields"].(map[string]any)
	for name, value := range body.Fields {
		if fields == nil {
			fields = map[string]any{}
		}
		fields[name] = value
	}
	body.Fields = fields
}

// did says what was done, and as whom when the command chose.
func did(what, person string) string {
	if person == "" {
		return what
	}
	return what + " as " + person
}

// content is a value that is given as it is, as @FILE, or as - for standard input.
func (a *app) content(value string) ([]byte, error) {
	if value == "-" {
		return io.ReadAll(a.in)
	}
	if path, isFile := strings.CutPrefix(value, "@"); isFile {
		return os.ReadFile(path)
	}
	return []byte(value), nil
}
