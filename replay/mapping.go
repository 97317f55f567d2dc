package replay

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/usm-works/usm/usm"
)

//go:embed mappings/*.yaml
var shipped embed.FS

// Mapping says what the columns and values of a log mean. It is the content of a mapping file, which README.md
// describes. The zero value is not usable: LoadMapping and MappingFor return checked ones.
type Mapping struct {
	Name   string `yaml:"name"`
	Title  string `yaml:"title"`
	Source string `yaml:"source"` // citation and licence of the log
	Domain string `yaml:"domain"` // id of the domain that is asked unless the caller says otherwise
	// Match are columns that a log must have for the mapping to be chosen by itself. The most specific one wins.
	Match   []string          `yaml:"match"`
	Case    string            `yaml:"case"`    // column that names the case
	Unknown []string          `yaml:"unknown"` // values that mean "not known"; an empty one always does
	Columns map[string]Column `yaml:"columns"` // what is checked and converted in each row
	Call    CallRule          `yaml:"call"`
	Steps   []StepRule        `yaml:"steps"`   // the first one for a step whose When holds says how it is finished
	Events  []EventRule       `yaml:"events"`  // what happens while a step is open
	Signals map[string]any    `yaml:"signals"` // what another system says, by the name of the signal; {} when absent
	// Approvals are what the log tells of decisions; nil: nothing.
	Approvals *ApprovalRule `yaml:"approvals"`
	Facts     *FactRule     `yaml:"facts"` // how a case is measured; nil: the log can be replayed and not rehearsed

	digest string   // of the file
	tells  []string // columns that the facts use, and those that are checked
}

// Column converts one column. Values that do not fit refuse the row.
type Column struct {
	Required bool              `yaml:"required"`
	Date     string            `yaml:"date"`   // Go layout or "rfc3339"; becomes RFC 3339, in UTC when the log has no zone
	Values   map[string]string `yaml:"values"` // recorded value → ours; another value is refused
}

// CallRule makes the call. Texts are templates: {column} is the last known value of the case.
type CallRule struct {
	Type        usm.CallType `yaml:"type"`
	Subject     string       `yaml:"subject"`
	Description string       `yaml:"description"`
	Requester   string       `yaml:"requester"` // column; its values are spread over the people who may ask
	Service     any          `yaml:"service"`
	Components  []any        `yaml:"components"`
	Impact      string       `yaml:"impact"`
	Urgency     string       `yaml:"urgency"`
}

// StepRule says how a step is finished. Fields are literals, templates and operators ($spread, $each, $bool).
type StepRule struct {
	Step    usm.Step       `yaml:"step"`
	When    Condition      `yaml:"when"`
	Outcome usm.Outcome    `yaml:"outcome"`
	Fields  map[string]any `yaml:"fields"`
}

// EventRule says what a row of the log does while a step is open.
type EventRule struct {
	Do usm.ActionName `yaml:"do"` // note, ask (the requester answers) or dispute
	At usm.Step       `yaml:"at"`
	// Exactly one of the three says which rows: all that match; those that match after one that does not; those where the
	// column has another known value than before.
	Rows     Pattern `yaml:"rows"`
	Entering Pattern `yaml:"entering"`
	Changed  string  `yaml:"changed"`
	Text     string  `yaml:"text"`   // note, question or reason: {column} of the row, {was column} of the value before
	Answer   string  `yaml:"answer"` // ask: what the requester answers
}

// Condition holds for a case when some row matches Some (unless empty) and no row matches None (unless empty).
type Condition struct {
	Some Pattern `yaml:"some"`
	None Pattern `yaml:"none"`
}

// Pattern matches a row in which every column has the value; * in a value stands for any text, so "*" for any known
// value, and ! in front for any other known value.
type Pattern map[string]string

// Mappings returns the mappings that ship with the product.
func Mappings() ([]Mapping, error) {
	names, err := fs.Glob(shipped, "mappings/*.yaml")
	if err != nil {
		return nil, err
	}
	var mappings []Mapping
	for _, name := range names {
		raw, err := shipped.ReadFile(name)
		if err != nil {
			return nil, err
		}
		m, err := parseMapping(name, raw)
		if err != nil {
			return nil, err
		}
		mappings = append(mappings, m)
	}
	return mappings, nil
}

// MappingFor chooses the mapping that ships with the product for a log with these columns.
func MappingFor(columns []string) (Mapping, error) {
	mappings, err := Mappings()
	if err != nil {
		return Mapping{}, err
	}
	slices.SortStableFunc(mappings, func(a, b Mapping) int { return cmp.Compare(len(b.Match), len(a.Match)) })
	var known []string
	for _, m := range mappings {
		if len(missing(m.Match, columns)) == 0 {
			return m, nil
		}
		known = append(known, fmt.Sprintf("%s (needs %s)", m.Name, strings.Join(m.Match, ", ")))
	}
	return Mapping{}, fmt.Errorf("no mapping that ships with usm fits the columns %s; write one and name it with --mapping. "+
		"There are: %s", strings.Join(columns, ", "), strings.Join(known, "; "))
}

// LoadMapping reads a mapping file, or one that ships with the product when path is its name.
func LoadMapping(path string) (Mapping, error) {
	if raw, err := shipped.ReadFile("mappings/" + path + ".yaml"); err == nil {
		return parseMapping(path, raw)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Mapping{}, err
	}
	return parseMapping(path, raw)
}

func parseMapping(name string, raw []byte) (Mapping, error) {
	var m Mapping
	if err := yaml.UnmarshalWithOptions(raw, &m, yaml.Strict()); err != nil {
		return Mapping{}, fmt.Errorf("mapping %s: %s", name, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	if mistakes := m.check(); len(mistakes) > 0 {
		return Mapping{}, fmt.Errorf("mapping %s: %s", name, strings.Join(mistakes, "; "))
	}
	m.digest = digest(string(raw))
	if m.Facts != nil {
		m.tells = slices.Concat(m.measured(), slices.Collect(maps.Keys(m.Columns)))
	}
	return m, nil
}

// Fits returns an error that names the columns the mapping uses and the log has not. Attributes of XES events need not
// be in the first event, so only the case is looked for there.
func (m Mapping) Fits(l *Log) error { return m.fits(l, m.uses()) }

// Measures is Fits for the columns that the facts use, which a replay does not need; a mapping without facts never fits.
func (m Mapping) Measures(l *Log) error {
	if m.Facts == nil {
		return fmt.Errorf("mapping %s has no facts, which say how the cases of a log are measured", m.Name)
	}
	return m.fits(l, m.measured())
}

func (m Mapping) fits(l *Log, needed []string) error {
	if _, isCSV := l.format.(*csvFormat); !isCSV {
		needed = []string{m.Case}
	}
	if lacks := missing(needed, l.Columns); len(lacks) > 0 {
		return fmt.Errorf("mapping %s: the log has no column %s", m.Name, strings.Join(lacks, ", "))
	}
	return nil
}

func missing(needed, columns []string) []string {
	return slices.DeleteFunc(slices.Clone(needed), func(name string) bool { return slices.Contains(columns, name) })
}
