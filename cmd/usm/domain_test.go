package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// fiveDays is an iCalendar file with one holiday.
const fiveDays = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" +
	"DTSTART;VALUE=DATE:20260601\r\nSUMMARY:Closed\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func TestADomainFileIsSentWithTheCalendarsThatItNames(t *testing.T) {
	t.Parallel()
	desk, err := os.ReadFile(proposal)
	require.NoError(t, err)
	dir := t.TempDir()
	file := filepath.Join(dir, "desk.yaml")
	naming := strings.Replace(string(desk), "calendar:\n", "calendar:\n  icalendar_file: closed.ics\n", 1)
	require.NoError(t, os.WriteFile(file, []byte(naming), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "closed.ics"), []byte(fiveDays), 0o600))
	g := newGateway(t, map[string]any{
		"POST /domains/desk/plan": client.DomainPlan{Changed: true, Version: 2, Changes: []string{"add calendar"}},
		"PUT /domains/desk":       usm.DomainResult{Version: 2, Changed: true},
	})
	x := g.dev(t, "admin")

	require.Zero(t, x.run(t, "domain", "plan", file), x.err)
	require.Equal(t, "desk: would become version 2\n  add calendar\n", x.out)
	require.Contains(t, g.got[0], "SUMMARY:Closed")
	require.NotContains(t, g.got[0], "icalendar_file")
	require.Zero(t, x.run(t, "domain", "apply", file), x.err)
	require.Contains(t, g.got[1], "SUMMARY:Closed")

	require.Zero(t, x.run(t, "domain", "plan", proposal), x.err)
	require.Equal(t, "t-admin POST /domains/desk/plan "+string(desk), g.got[2], "one that names none is sent as it is")

	require.NoError(t, os.Remove(filepath.Join(dir, "closed.ics")))
	require.Equal(t, exitRefused, x.run(t, "domain", "plan", file))
	require.Contains(t, x.err, `calendar.icalendar_file: "closed.ics" is no file that can be read`)
}
