package replay

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

const byteOrderMark = "\ufeff"

// records reads the records of a CSV file one by one. encoding/csv alone would let one unclosed quote swallow the rest of
// the file; here it costs the one row it is in.
type records struct {
	in        *bufio.Reader
	delimiter rune
	line      int      // number of the last line read
	back      [][]byte // lines to read again
}

// recordError says that one record cannot be read; the next one can.
type recordError struct{ reason string }

func (e *recordError) Error() string { return e.reason }

var errLong = &recordError{fmt.Sprintf("the row is longer than %d bytes", maxRecord)}

// read returns the next record and the line it begins on. The error is a *recordError, io.EOF at the end, or what went
// wrong with the file.
func (r *records) read() (fields []string, line int, err error) {
	var record []byte
	for len(bytes.TrimRight(record, "\r\n")) == 0 { // empty lines mean nothing, as in encoding/csv
		if record, err = r.readLine(); err != nil {
			return nil, r.line, err
		}
	}
	line = r.line
	if record, err = r.untilQuotesClose(record); err != nil {
		return nil, line, err
	}
	if !bytes.ContainsRune(record, '"') { // as encoding/csv, and several times as fast
		return strings.Split(strings.TrimSuffix(strings.TrimSuffix(string(record), "\n"), "\r"), string(r.delimiter)), line, nil
	}
	reader := csv.NewReader(bytes.NewReader(record))
	reader.Comma = r.delimiter
	fields, err = reader.Read()
	if bad, ok := errors.AsType[*csv.ParseError](err); ok {
		err = &recordError{fmt.Sprintf("column %d: %v", bad.Column, bad.Err)}
	}
	return fields, line, err
}

// untilQuotesClose adds the lines that a quoted field goes on over. When the quote never closes they are put back.
func (r *records) untilQuotesClose(record []byte) ([]byte, error) {
	first := r.line
	var added [][]byte
	for bytes.Count(record, []byte{'"'})%2 == 1 {
		line, err := r.readLine()
		if err == nil && len(record)+len(line) <= maxRecord {
			added, record = append(added, line), append(record, line...)
			continue
		}
		if err == nil {
			added = append(added, line)
		}
		r.back, r.line = append(added, r.back...), first
		return nil, &recordError{"a quote is opened and never closed"}
	}
	return record, nil
}

// readLine returns the next line with its end. A line that is too long is skipped and is an error.
func (r *records) readLine() ([]byte, error) {
	r.line++
	if len(r.back) > 0 {
		line := r.back[0]
		r.back = r.back[1:]
		return line, nil
	}
	var line []byte
	for size := 0; ; {
		part, err := r.in.ReadSlice('\n')
		if size += len(part); size <= maxRecord {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF), size == 0:
			return nil, err
		case size > maxRecord:
			return nil, errLong
		}
		return line, nil
	}
}
