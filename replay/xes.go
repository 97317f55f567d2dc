package replay

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// casePrefix stands before the keys of a trace's attributes, so that they do not meet those of its events.
const casePrefix = "case:"

// xesFormat reads XES (IEEE 1849): traces of events, both with typed attributes. Attributes in attributes, and lists and
// containers, are left out.
type xesFormat struct{}

// attributeKinds are the elements of the form <string key="…" value="…"/>.
var attributeKinds = []string{"string", "date", "int", "float", "boolean", "id"}

func (f xesFormat) columns(in *bufio.Reader) ([]string, error) {
	var names []string
	var refused *Refusal
	f.each(in, func(_ int, rows []Row) bool {
		if len(rows) > 0 {
			names = slices.Sorted(maps.Keys(rows[0].Values))
		}
		return len(rows) == 0
	}, func(r Refusal) { refused = &r })
	if names == nil && refused != nil {
		return nil, refused
	}
	if names == nil {
		return nil, errors.New("the log has no trace with an event")
	}
	return names, nil
}

// count counts the openings of traces without reading the XML, which would take as long as the replay of small logs.
func (xesFormat) count(in *bufio.Reader, _ string) int {
	n := 0
	for {
		if _, err := in.ReadSlice('<'); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return n
		}
		next, _ := in.Peek(6)
		if bytes.HasPrefix(next, []byte("trace")) && len(next) == 6 && strings.ContainsRune("> \t\r\n", rune(next[5])) {
			n++
		}
	}
}

func (f xesFormat) cases(in *bufio.Reader, column string, give func(Case) bool, refuse func(Refusal)) {
	seen := map[string]bool{}
	f.each(in, func(line int, rows []Row) bool {
		if len(rows) == 0 {
			refuse(Refusal{Line: line, Reason: "the trace has no event"})
			return true
		}
		id := rows[0].Values[column]
		switch {
		case id == "":
			refuse(Refusal{Line: line, Column: column, Reason: "the trace does not say which case it is"})
			return true
		case seen[id]:
			refuse(Refusal{Line: line, Case: id, Column: column, Reason: "another trace is the same case"})
			return true
		}
		seen[id] = true
		return give(Case{ID: id, Rows: rows})
	}, refuse)
}

// each hands over the rows of every trace and the line it begins on.
func (f xesFormat) each(in *bufio.Reader, give func(line int, rows []Row) bool, refuse func(Refusal)) {
	limited := &tokenLimit{in: in}
	d := xml.NewDecoder(limited)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // declared names lie; XES is UTF-8
	for {
		limited.read = 0
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		start, isStart := token.(xml.StartElement)
		if err == nil && (!isStart || start.Name.Local != "trace") {
			continue
		}
		var rows []Row
		line, _ := d.InputPos()
		if err == nil {
			rows, err = f.trace(d, limited, refuse)
		}
		if err != nil {
			line, _ = d.InputPos()
			refuse(Refusal{Line: line, Reason: breaksOff(err)})
			return
		}
		if !give(line, rows) {
			return
		}
	}
}

// trace reads one trace. Its attributes stand before its events, but need not.
func (f xesFormat) trace(d *xml.Decoder, limited *tokenLimit, refuse func(Refusal)) ([]Row, error) {
	own := map[string]string{}
	var rows []Row
	for {
		limited.read = 0
		token, err := d.Token()
		if err != nil {
			return nil, unexpected(err)
		}
		switch element := token.(type) {
		case xml.EndElement:
			for _, row := range rows {
				maps.Copy(row.Values, own)
			}
			return rows, nil
		case xml.StartElement:
			line, _ := d.InputPos()
			if element.Name.Local != "event" {
				err = f.attribute(d, element, casePrefix, own)
				break
			}
			row := Row{Line: line, Values: map[string]string{}}
			if err = f.event(d, limited, row.Values); len(rows) < maxRows {
				rows = append(rows, row)
			} else {
				refuse(Refusal{Line: line, Reason: fmt.Sprintf("the trace has more than %d events", maxRows)})
			}
		}
		if err != nil {
			return nil, unexpected(err)
		}
	}
}

func (f xesFormat) event(d *xml.Decoder, limited *tokenLimit, values map[string]string) error {
	for {
		limited.read = 0
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch element := token.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err = f.attribute(d, element, "", values); err != nil {
				return err
			}
		}
	}
}

// attribute keeps one attribute and skips what is in it.
func (xesFormat) attribute(d *xml.Decoder, element xml.StartElement, prefix string, values map[string]string) error {
	if slices.Contains(attributeKinds, element.Name.Local) {
		var key, value string
		for _, a := range element.Attr {
			switch a.Name.Local {
			case "key":
				key = a.Value
			case "value":
				value = a.Value
			}
		}
		values[prefix+key] = value
	}
	return d.Skip()
}

// unexpected makes the end of the file in the middle of a trace what it is.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// tokenLimit refuses a token that never ends, which encoding/xml would keep whole.
type tokenLimit struct {
	in   *bufio.Reader
	read int
}

// ReadByte serves encoding/xml, which then buffers nothing itself, so that read counts one token.
func (t *tokenLimit) ReadByte() (byte, error) {
	if t.read++; t.read > maxRecord {
		return 0, fmt.Errorf("an element is longer than %d bytes", maxRecord)
	}
	return t.in.ReadByte()
}

func (t *tokenLimit) Read(p []byte) (int, error) { return t.in.Read(p) }
