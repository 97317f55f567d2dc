package replay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// The bounds of what is kept in memory. A real log is far below them.
const (
	maxRecord = 1 << 20 // bytes of one row, or of one XML token
	maxRows   = 10_000  // rows of one case
)

// Row is one event of a case: a row of a CSV file or an event of an XES trace.
type Row struct {
	Line   int               // in the file, from 1, as an editor shows it
	Values map[string]string // by column; attributes of an XES trace have "case:" before their key
}

// Case is what one case of the log recorded, in the order of the log.
type Case struct {
	ID   string
	Rows []Row
}

// Refusal is a row that could not be used, or a case that the product refused.
type Refusal struct {
	Line   int    `json:"line"` // of the row, or of the first row of the case
	Case   string `json:"case,omitempty"`
	Column string `json:"column,omitempty"` // of the log; for a refusal by the product, the pointer into what was sent
	Reason string `json:"reason"`
}

// Error makes a refusal an error, for a strict replay.
func (r Refusal) Error() string {
	at := fmt.Sprintf("row %d", r.Line)
	if r.Case != "" {
		at += ", case " + r.Case
	}
	if r.Column != "" {
		at += ", " + r.Column
	}
	return at + ": " + r.Reason
}

// Log is an event log in a file. It can be read any number of times. Memory is bounded by the cases that are interleaved
// in the file, not by its length.
type Log struct {
	Columns []string // names of the columns; of an XES log, the keys in its first trace and that trace's first event
	Digest  string   // SHA-256 of the file, in hexadecimal

	path   string
	format format
}

// format reads one kind of file.
type format interface {
	// columns reads the names of the columns.
	columns(in *bufio.Reader) ([]string, error)
	// count returns the number of cases and remembers what cases needs to know.
	count(in *bufio.Reader, column string) int
	// cases hands over each case once, in the order of their first rows, until give returns false, and each row that cannot
	// be read. column is the one that names the case.
	cases(in *bufio.Reader, column string, give func(Case) bool, refuse func(Refusal))
}

// OpenLog opens a log and reads its columns. What kind it is, is found from its content, not from its name.
func OpenLog(path string) (*Log, error) {
	l := &Log{path: path}
	if err := l.digest(); err != nil {
		return nil, err
	}
	err := l.read(func(in *bufio.Reader) (err error) {
		start, _ := in.Peek(512)
		start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte(byteOrderMark)), " \t\r\n")
		switch {
		case len(start) == 0:
			return fmt.Errorf("%s: the log is empty", path)
		case start[0] == '<':
			l.format = xesFormat{}
		default:
			l.format = &csvFormat{}
		}
		l.Columns, err = l.format.columns(in)
		return err
	})
	return l, err
}

// Count returns the number of cases, the value of column being the name of the case.
func (l *Log) Count(column string) (cases int, err error) {
	err = l.read(func(in *bufio.Reader) error {
		cases = l.format.count(in, column)
		return nil
	})
	return cases, err
}

// Cases hands over each case once, in the order of their first rows, until give returns false, and to refuse each row
// that cannot be read. A log that breaks off is read up to there, which is a refusal too. Count comes first.
func (l *Log) Cases(column string, give func(Case) bool, refuse func(Refusal)) error {
	return l.read(func(in *bufio.Reader) error {
		l.format.cases(in, column, give, refuse)
		return nil
	})
}

func (l *Log) digest() error {
	file, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it is only read
	sum := sha256.New()
	if _, err = io.Copy(sum, file); err != nil {
		return err
	}
	l.Digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// read opens the file, takes the gzip off and hands it over.
func (l *Log) read(use func(*bufio.Reader) error) error {
	file, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it is only read
	in := bufio.NewReaderSize(file, 64<<10)
	if magic, _ := in.Peek(2); string(magic) != "\x1f\x8b" {
		return use(in)
	}
	unzipped, err := gzip.NewReader(in)
	if err != nil {
		return fmt.Errorf("%s: %w", l.path, err)
	}
	return use(bufio.NewReaderSize(unzipped, 64<<10))
}
