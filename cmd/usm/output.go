package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/usm-works/usm/usm"
)

// The colours, on a terminal only.
const (
	green  = text.FgGreen
	cyan   = text.FgCyan
	yellow = text.FgYellow
	red    = text.FgRed
	grey   = text.FgHiBlack
)

// print writes value as JSON when that was asked for, else what people writes.
func (a *app) print(value any, people func()) error {
	if !a.json {
		people()
		return nil
	}
	encoder := json.NewEncoder(a.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// isTerminal reports whether somebody may be looking: a device that takes characters, and is not the one that drops them.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// columns returns an empty table: aligned columns, no lines.
func (a *app) columns(header ...any) table.Writer {
	w := table.NewWriter()
	w.SetOutputMirror(nil)
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = text.FormatUpper
	w.SetStyle(style)
	if len(header) > 0 {
		w.AppendHeader(header)
	}
	return w
}

// write writes a table without the spaces at the ends of its lines.
func (a *app) write(w table.Writer) {
	for line := range strings.Lines(w.Render() + "\n") {
		fmt.Fprintln(a.out, strings.TrimRight(line, " \n"))
	}
}

// paint colours a text, on a terminal only.
func (a *app) paint(s string, colours ...text.Color) string {
	if !a.colour || s == "" {
		return s
	}
	return text.Colors(colours).Sprint(s)
}

func (a *app) status(s usm.Status) string {
	switch {
	case s == usm.StatusClosed, s == usm.StatusFulfilled:
		return a.paint(string(s), green)
	case s.Ended():
		return a.paint(string(s), grey)
	case s == usm.StatusWaiting, s == usm.StatusRegistered:
		return a.paint(string(s), yellow)
	}
	return a.paint(string(s), cyan)
}

func (a *app) priority(p usm.Priority) string {
	if p.Rank() < usm.PriorityMedium.Rank() {
		return a.paint(string(p), red)
	}
	return string(p)
}

func (a *app) strong(s string) string { return a.paint(s, text.Bold) }

func (a *app) faint(s string) string { return a.paint(s, grey) }

// clock is an instant as people in the terminal read it.
func clock(at *time.Time) string {
	if at == nil || at.IsZero() {
		return ""
	}
	return at.Local().Format("2006-01-02 15:04:05")
}

// cut shortens a text to one line of so many characters.
func cut(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

func join(list []string) string { return strings.Join(list, ", ") }

// who says in a few words what a call waits for.
func who(view usm.CallView) string {
	waiting := view.WaitingFor
	switch waiting.Kind {
	case usm.WaitChild:
		return "child " + join(view.Children)
	case usm.WaitSignal:
		return "signal " + waiting.Signal
	case usm.WaitNone, "":
		return ""
	}
	people := join(waiting.People)
	if people == "" {
		people = join(waiting.Profiles)
	}
	if waiting.Kind == usm.WaitStep {
		return people
	}
	return string(waiting.Kind) + " of " + people
}
