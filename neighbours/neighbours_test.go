package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// started is the program at work.
type started struct {
	t                   *testing.T
	smtp, pages, issuer string
}

var readyLine = regexp.MustCompile(`^usm-neighbours ready smtp=(\S+) mail=(\S+) oidc_issuer=(\S+)\n$`)

// freePorts are arguments with which the program keeps everything in a folder.
func freePorts(folder string) []string {
	return []string{
		"--smtp-address", "127.0.0.1:0", "--mail-address", "127.0.0.1:0", "--mail", folder,
		"--oidc-address", "127.0.0.1:0", "--oidc", filepath.Join(folder, "oidc"), "--people", filepath.Join(folder, "people.json"),
	}
}

// start runs the program on free ports until the test ends.
func start(t *testing.T, folder string) started {
	t.Helper()
	out, in := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, freePorts(folder), in, io.Discard)
		ended <- err
		_ = in.CloseWithError(err)
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	line := make([]byte, 1000)
	n, err := out.Read(line)
	require.NoError(t, err)
	match := readyLine.FindSubmatch(line[:n])
	require.NotNil(t, match, string(line[:n]))
	return started{t, string(match[1]), string(match[2]), string(match[3])}
}

// get asks the pages and decodes JSON into to, unless that is nil.
func (s started) get(path string, to any) (status int, body string) {
	s.t.Helper()
	response, err := http.Get(s.pages + path)
	require.NoError(s.t, err)
	defer response.Body.Close() //nolint:errcheck // nothing was written
	content, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	if to != nil {
		require.NoError(s.t, json.Unmarshal(content, to), string(content))
	}
	return response.StatusCode, string(content)
}

const multipartMail = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nFrom: USM <usm@example.org>\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n" +
	"Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n" +
	"Content-Transfer-Encoding: base64\r\n\r\nPGI+aGk8L2I+\r\n--b--\r\n"

func TestMailIsKeptAndShown(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := start(t, folder)
	_, body := s.get("/", nil)
	require.Contains(t, body, "No mail yet")
	send := func(content string, to ...string) {
		require.NoError(t, smtp.SendMail(s.smtp, nil, "usm@example.org", to, []byte(content)))
	}
	send(multipartMail, "anna@example.org")
	send("Subject: second <script>\r\n\r\nplain", "bob@example.org", "Anna@example.org")

	var all, annas []message
	s.get("/messages", &all)
	require.Len(t, all, 2)
	require.Equal(t, "second <script>", all[0].Subject, "the newest comes first")
	require.Equal(t, []string{"bob@example.org", "Anna@example.org"}, all[0].To)
	s.get("/messages?to=bob@example.org", &annas)
	require.Len(t, annas, 1)

	var one message
	s.get("/messages/"+all[1].ID, &one)
	require.Equal(t, "Grüße", one.Subject)
	require.Equal(t, "usm@example.org", one.From)
	require.Equal(t, "a=b", strings.TrimSpace(one.Text))
	require.Equal(t, "<b>hi</b>", one.HTML)
	_, body = s.get("/", nil)
	require.Contains(t, body, "second &lt;script&gt;")
	_, body = s.get("/mail/"+all[1].ID, nil)
	require.Contains(t, body, "Grüße")
	_, body = s.get("/mail/"+all[1].ID+"/html", nil)
	require.Contains(t, body, "<b>hi</b>")
	_, body = s.get("/messages/"+all[1].ID+"/raw", nil)
	require.True(t, strings.HasSuffix(body, multipartMail), body)

	var kept []message
	again := start(t, folder)
	again.get("/messages", &kept)
	require.Equal(t, all, kept, "messages outlive the program")

	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, s.pages+"/messages", nil)
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(request)
	require.NoError(t, err)
	s.get("/messages", &kept)
	require.Empty(t, kept)
}

func TestWhatIsAskedWronglyIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	for _, path := range []string{"/messages/nothing", "/mail/20260101T000000.000000000Z", "/messages/..%2f..%2fetc/raw"} {
		status, _ := s.get(path, nil)
		require.Equal(t, http.StatusNotFound, status, path)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.pages+"/messages", nil)
	require.NoError(t, err)
	request.Host = "attacker.example"
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusForbidden, response.StatusCode, "a name that was pointed at this machine")
}

func TestATakenPortIsNamedWithItsFlag(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close() //nolint:errcheck // the test ends
	for _, flag := range []string{"--smtp-address", "--mail-address", "--oidc-address"} {
		err = run(t.Context(), append(freePorts(t.TempDir()), flag, taken.Addr().String()), io.Discard, io.Discard)
		require.ErrorContains(t, err, flag+" "+taken.Addr().String()+" is taken by another process")
	}
	var usage bytes.Buffer
	require.ErrorIs(t, run(t.Context(), []string{"--nonsense"}, io.Discard, &usage), errUsage)
	require.Contains(t, usage.String(), "-smtp-address host:port")
	require.ErrorContains(t, run(t.Context(), []string{"surplus"}, io.Discard, io.Discard), `unexpected argument "surplus"`)
}

func TestTheOldestMailGoesFirst(t *testing.T) {
	t.Parallel()
	box, err := openMailbox(t.TempDir())
	require.NoError(t, err)
	for i := range mailboxLimit + 2 {
		require.NoError(t, box.keep("a@b", []string{"c@d"}, []byte{byte('0' + i%10)}))
	}
	ids, err := box.ids()
	require.NoError(t, err)
	require.Len(t, ids, mailboxLimit)
	content, err := box.raw(ids[0])
	require.NoError(t, err)
	require.True(t, bytes.HasSuffix(content, []byte("1")))
}
