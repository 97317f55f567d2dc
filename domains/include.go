package domains

import (
	"fmt"
	"io"
	"io/fs"
	"unicode/utf8"
)

// The two ways to give a calendar the events of an iCalendar file.
const (
	calendarText = "icalendar"
	calendarFile = "icalendar_file"
)

// include replaces the names of iCalendar files by what stands in them. Without a folder, which is how a file comes over
// the wire, a name means nothing and is refused.
func (r *reader) include(folder fs.FS, value any) {
	domain, _ := value.(map[string]any)
	r.includeIn("/calendar", folder, domain["calendar"])
	calendars, _ := domain["calendars"].([]any)
	for i, calendar := range calendars {
		r.includeIn(fmt.Sprintf("/calendars/%d", i), folder, calendar)
	}
}

func (r *reader) includeIn(pointer string, folder fs.FS, value any) {
	calendar, _ := value.(map[string]any)
	path, isText := calendar[calendarFile].(string)
	if !isText {
		return // what is no text is the schema's business
	}
	at := pointer + "/" + calendarFile
	if _, both := calendar[calendarText]; both {
		r.mistakef(at, "must be left out: the calendar has its text in %s", calendarText)
		return
	}
	text, err := readIn(folder, path)
	if err != nil {
		r.mistakef(at, "%s", err)
		return
	}
	delete(calendar, calendarFile)
	calendar[calendarText] = r.text(at, text)
	r.places[pointer+"/"+calendarText] = r.places[at]
}

// readIn returns the text of a file in the folder. Its errors are for the author of the domain file, so they name no path
// but the one he wrote.
func readIn(folder fs.FS, path string) (string, error) {
	switch {
	case folder == nil:
		return "", fmt.Errorf("no file can be read here: `usm domain` reads %q in, other clients send its text in %s", path, calendarText)
	case !fs.ValidPath(path):
		return "", fmt.Errorf("%q must be a path from the folder of this file, in it or below", path)
	}
	file, err := folder.Open(path)
	if err != nil {
		return "", fmt.Errorf("%q is no file that can be read", path)
	}
	defer file.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(file, maxSource+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is no file that can be read", path)
	case len(text) > maxSource:
		return "", fmt.Errorf("%q must have at most %d bytes", path, maxSource)
	case !utf8.Valid(text):
		return "", fmt.Errorf("%q is no text in UTF-8", path)
	}
	return string(text), nil
}
