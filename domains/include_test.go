package domains_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm/clock"
)

const closedInJuly = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//usm//test//EN
BEGIN:VEVENT
UID:july@example.org
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20270705
DTEND;VALUE=DATE:20270712
SUMMARY:Closed
END:VEVENT
END:VCALENDAR
`

func TestParseIn(t *testing.T) {
	t.Parallel()
	folder := fstest.MapFS{
		"closed.ics":      {Data: []byte(closedInJuly)},
		"deep/closed.ics": {Data: []byte(strings.ReplaceAll(closedInJuly, "\n", "\r\n"))},
		"latin.ics":       {Data: []byte("\xe9t\xe9")},
		"huge.ics":        {Data: []byte(strings.Repeat("x", 1<<20+1))},
		"note.txt":        {Data: []byte("Closed in July")},
	}
	naming := func(file string) []byte {
		return []byte(strings.Replace(small, "calendar:\n", "calendar:\n  icalendar_file: "+file+"\n", 1))
	}

	t.Run("ReadsInTheFileThatACalendarNames", func(t *testing.T) {
		t.Parallel()
		for _, file := range []string{"closed.ics", "deep/closed.ics"} {
			domain, err := domains.ParseIn(folder, "lab.yaml", naming(file))
			require.NoError(t, err)
			require.Equal(t, string(folder[file].Data), domain.Calendar.ICalendar)
			comesBack(t, domain)

			domain.Calendar.TimeZone = domain.TimeZone
			compiled, err := clock.Compile(domain.Calendar)
			require.NoError(t, err)
			paris := func(day string) string { return day + "T10:00:00+02:00" }
			require.True(t, compiled.Open(instant(t, paris("2027-06-28"))))
			require.False(t, compiled.Open(instant(t, paris("2027-07-05"))), "the event touches that Monday")
		}
	})

	t.Run("ReadsThoseOfTheOtherCalendarsToo", func(t *testing.T) {
		t.Parallel()
		source := strings.Replace(clocked, "  - id: night\n", "  - id: night\n    icalendar_file: closed.ics\n", 1)
		domain, err := domains.ParseIn(folder, "lab.yaml", []byte(source))
		require.NoError(t, err)
		require.Equal(t, closedInJuly, domain.Calendars[0].ICalendar)
	})

	t.Run("ReadsAFileThatNamesNone", func(t *testing.T) {
		t.Parallel()
		domain, err := domains.ParseIn(folder, "lab.yaml", []byte(small))
		require.NoError(t, err)
		require.Equal(t, lab(t), domain)
	})

	for claim, c := range map[string]struct{ file, want string }{
		"FileThatIsNotThere":  {"open.ics", `"open.ics" is no file that can be read`},
		"Folder":              {"deep", `"deep" is no file that can be read`},
		"FileOutside":         {"../closed.ics", `"../closed.ics" must be a path from the folder of this file, in it or below`},
		"FileFromTheRoot":     {"/etc/passwd", `"/etc/passwd" must be a path from the folder of this file, in it or below`},
		"FileThatIsTooLarge":  {"huge.ics", `"huge.ics" must have at most 1048576 bytes`},
		"FileThatIsNoUTF8":    {"latin.ics", `"latin.ics" is no text in UTF-8`},
		"FileBesideTheText":   {"closed.ics\n  icalendar: x", `must be left out: the calendar has its text in icalendar`},
		"NameThatIsNoText":    {"[closed.ics]", `must be a text, not a list`},
		"FileWithAnotherText": {"note.txt", `lab.yaml:5:3: calendar.icalendar: not an iCalendar text (RFC 5545)`},
	} {
		t.Run("Refuses"+claim, func(t *testing.T) {
			t.Parallel()
			want := c.want
			if !strings.HasPrefix(want, "lab.yaml") {
				want = "lab.yaml:5:3: calendar.icalendar_file: " + want
			}
			_, err := domains.ParseIn(folder, "lab.yaml", naming(c.file))
			require.ErrorContains(t, err, want)
			require.NotContains(t, err.Error(), "\n", "one mistake, one problem")
		})
	}

	t.Run("IsWhatADomainWithoutAFileNeverNeeds", func(t *testing.T) {
		t.Parallel()
		domain := lab(t)
		domain.Calendar.ICalendar = closedInJuly
		require.NoError(t, domains.Validate(domain))
		require.Equal(t, []domains.Difference{
			{Path: "calendar.icalendar", Action: domains.Add, After: closedInJuly},
		}, domains.Plan(lab(t), domain))
	})
}

func TestEmptyIsNotAbsent(t *testing.T) {
	t.Parallel()
	domain, err := domains.Parse("lab.yaml", []byte(clocked))
	require.NoError(t, err)
	norms := domain.Agreements[0].Norms
	require.Nil(t, norms[0].Named[0].Pause, "a named norm that says nothing takes what its norm says")
	require.NotNil(t, norms[1].Pause, "nothing pauses it")
	require.Empty(t, norms[1].Pause)
	require.NotNil(t, norms[1].Warnings)
	require.Nil(t, norms[1].Escalation)
	comesBack(t, domain)

	silent, err := domains.Parse("lab.yaml", []byte(strings.Replace(clocked, "pause: [], ", "", 1)))
	require.NoError(t, err)
	plan := domains.Plan(domain, silent)
	require.Len(t, plan, 1, "so a plan shows it")
	require.Equal(t, domains.Kept, plan[0].Action)
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}
