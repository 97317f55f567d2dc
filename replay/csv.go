package replay

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"
)

// csvFormat reads comma, semicolon or tab separated values with a header. The rows of a case need not stand together:
// a first pass finds where each case ends, so that the second one can hand it over there.
type csvFormat struct {
	header    []string
	delimiter rune
	// last is the line of the last row of each case, by a hash of its name, for a long log has many. Two cases with the same
	// hash would be given later than they might be.
	last map[uint64]int
	seed maphash.Seed
}

func (f *csvFormat) columns(in *bufio.Reader) ([]string, error) {
	f.delimiter = delimiterOf(in)
	header, _, err := f.records(in).read()
	if err != nil {
		return nil, fmt.Errorf("the header cannot be read: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], byteOrderMark)
	for i, name := range header {
		if header[i] = strings.TrimSpace(name); slices.Contains(header[:i], header[i]) {
			return nil, fmt.Errorf("the header names the column %q twice", header[i])
		}
	}
	f.header = header
	return header, nil
}

// delimiterOf returns which of the usual delimiters is most frequent in the first line.
func delimiterOf(in *bufio.Reader) rune {
	start, _ := in.Peek(16 << 10)
	line, _, _ := bytes.Cut(start, []byte("\n"))
	best := ','
	for _, candidate := range ";\t" {
		if bytes.ContainsRune(line, candidate) && count(line, candidate) > count(line, best) {
			best = candidate
		}
	}
	return best
}

func count(line []byte, r rune) int { return bytes.Count(line, []byte(string(r))) }

func (f *csvFormat) records(in *bufio.Reader) *records {
	return &records{in: in, delimiter: f.delimiter}
}

func (f *csvFormat) count(in *bufio.Reader, column string) int {
	f.last, f.seed = map[uint64]int{}, maphash.MakeSeed()
	f.each(in, column, func(id string, line int, _ []string) bool {
		f.last[maphash.String(f.seed, id)] = line
		return true
	}, func(Refusal) {})
	return len(f.last)
}

// each hands over every row that can be read and names its case.
func (f *csvFormat) each(in *bufio.Reader, column string, give func(id string, line int, fields []string) bool, refuse func(Refusal)) {
	at := slices.Index(f.header, column)
	r := f.records(in)
	_, _, headerErr := r.read() // which could be read before
	for headerErr == nil {
		fields, line, err := r.read()
		var bad *recordError
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &bad):
			refuse(Refusal{Line: line, Reason: bad.reason})
		case err != nil:
			refuse(Refusal{Line: line, Reason: breaksOff(err)})
			return
		case len(fields) != len(f.header):
			refuse(Refusal{Line: line, Reason: fmt.Sprintf("the row has %d columns, the header %d", len(fields), len(f.header))})
		case at < 0 || fields[at] == "":
			refuse(Refusal{Line: line, Column: column, Reason: "the row does not say which case it belongs to"})
		case !give(fields[at], line, fields):
			return
		}
	}
}

func breaksOff(err error) string {
	return fmt.Sprintf("the log breaks off here (%v); what came before was used", err)
}

// cases keeps each case until its last row, and gives it when every case that began before it was given.
func (f *csvFormat) cases(in *bufio.Reader, column string, give func(Case) bool, refuse func(Refusal)) {
	open := map[string]*Case{}
	var order []*Case
	f.each(in, column, func(id string, line int, fields []string) bool {
		c := open[id]
		if c == nil {
			c = &Case{ID: id}
			open[id], order = c, append(order, c)
		}
		if len(c.Rows) == maxRows {
			refuse(Refusal{Line: line, Case: id, Reason: fmt.Sprintf("the case has more than %d rows", maxRows)})
		} else {
			c.Rows = append(c.Rows, Row{Line: line, Values: f.values(fields)})
		}
		if line == f.last[maphash.String(f.seed, id)] {
			delete(open, id)
		}
		for len(order) > 0 && open[order[0].ID] == nil {
			if !give(*order[0]) {
				order = nil
				return false
			}
			order = order[1:]
		}
		return true
	}, refuse)
	for _, c := range order { // the log broke off in the middle of these
		if !give(*c) {
			return
		}
	}
}

func (f *csvFormat) values(fields []string) map[string]string {
	values := make(map[string]string, len(fields))
	for i, name := range f.header {
		values[name] = strings.TrimSpace(fields[i])
	}
	return values
}
