package console

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/usm-works/usm/usm"
)

// exportedCalls is how many calls a file has at most. The page says so beside the link.
const exportedCalls = 10_000

// exportRegister is the register as the address narrows it, as a file for spreadsheets (RFC 4180), with the columns of the page.
func (s *site) exportRegister(v *visit) (page, error) {
	r, ok := registerOf(v)
	if !ok {
		return page{}, errUnknown
	}
	filter := v.callFilter(r.Type)
	filter.Page = usm.Page{Limit: 200}
	calls, next, err := v.api.Calls(v.ctx(), filter) // before anything is sent, so that a refusal is a page
	if err != nil {
		return page{}, err
	}
	return page{File: &file{
		Name: r.Path + "-" + v.now.In(v.look.Zone).Format(time.DateOnly) + ".csv", Kind: "text/csv; charset=utf-8; header=present",
		Write: func(to io.Writer) error { return v.export(to, filter, calls, next) },
	}}, nil
}

// export writes the calls, page by page. A file that is not whole says so in its last line.
func (v *visit) export(to io.Writer, filter usm.CallFilter, calls []usm.CallView, next string) error {
	columns := v.columns()
	w := csv.NewWriter(to)
	w.UseCRLF = true
	if err := w.Write(columns); err != nil {
		return err
	}
	for written := 0; ; {
		for _, call := range calls {
			if err := w.Write(line(columns, call)); err != nil {
				return err
			}
		}
		written += len(calls)
		w.Flush()
		if err := w.Error(); err != nil || next == "" {
			return err
		}
		if written >= exportedCalls {
			return lastLine(w, columns, "only the first "+strconv.Itoa(written)+" calls are in this file")
		}
		filter.Cursor = next
		var err error
		if calls, next, err = v.api.Calls(v.ctx(), filter); err != nil {
			_ = lastLine(w, columns, "the rest of the calls could not be read") // the error is what is told
			return err
		}
	}
}

// lastLine has as many cells as the others, as the format asks for.
func lastLine(w *csv.Writer, columns []string, text string) error {
	cells := make([]string, len(columns))
	cells[0] = text
	if err := w.Write(cells); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
