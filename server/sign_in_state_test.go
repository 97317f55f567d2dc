package server

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

func TestWherePeopleComeBackTo(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"/":                            "/",
		"/calls/INC-1?x=1&y=%2F#steps": "/calls/INC-1?x=1&y=%2F#steps",
		"/decide/a_B-c":                "/decide/a_B-c",
		"/a//b":                        "/a//b",
		"/müller":                      "/m%C3%BCller",
		"/@evil.example":               "/@evil.example",
		"/?u=https://evil.example":     "/?u=https://evil.example",

		"":                                "",
		"//evil.example":                  "",
		"///evil.example":                 "",
		`/\evil.example`:                  "",
		`\\evil.example`:                  "",
		`/a\..\\evil.example`:             "",
		"https://evil.example":            "",
		"https:/evil.example":             "",
		"https:evil.example":              "",
		"javascript:alert(1)":             "",
		"data:text/html,x":                "",
		"calls":                           "",
		"./calls":                         "",
		"?x":                              "",
		"#x":                              "",
		"/\t/evil.example":                "",
		"\t//evil.example":                "",
		"/\n/evil.example":                "",
		"/x\r\nSet-Cookie: a=b":           "",
		"/\x00":                           "",
		"/\x7f":                           "",
		"/\u0085/evil.example":            "",
		"/\xff":                           "",
		" //evil.example":                 "",
		" /x":                             "",
		"/%zz":                            "",
		"http://u:p@usm.example@evil/":    "",
		"/" + strings.Repeat("x", 1000):   "",
		"/%2f%2fevil.example/%5c%5c/\\":   "",
		"//usm.example@evil.example/path": "",
	} {
		got, err := local(address)
		require.Equal(t, want, got, "%q", address)
		require.Equal(t, want == "", err != nil, "%q", address)
	}
}

// FuzzWherePeopleComeBackTo reads what is accepted as a browser does (WHATWG URL): it stays with us.
func FuzzWherePeopleComeBackTo(f *testing.F) {
	for _, seed := range []string{"/", "//x", `/\x`, "/\t/x", "/a?b#c", "/%2f/x", "/..//x", "/.//x", "https:x", "/;@x:80"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://usm.example/sign-in")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, address string) {
		got, err := local(address)
		if err != nil {
			return
		}
		asBrowser := strings.TrimFunc(got, func(r rune) bool { return r <= ' ' })
		asBrowser = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(asBrowser)
		require.True(t, strings.HasPrefix(asBrowser, "/"), "%q", got)
		require.False(t, strings.HasPrefix(asBrowser, "//"), "%q", got)
		there, err := base.Parse(asBrowser)
		require.NoError(t, err)
		require.Equal(t, "https://usm.example", there.Scheme+"://"+there.Host)
		for i := range len(got) {
			require.True(t, got[i] > 0x1f && got[i] < 0x7f, "%q is fit for a header", got)
		}
	})
}

func TestAState(t *testing.T) {
	t.Parallel()
	mine, other := seed{1}, seed{2}
	a, err := attemptOf("/decide/secret-of-a-link", "900")
	require.NoError(t, err)
	in, err := mine.seal(a)
	require.NoError(t, err)

	t.Run("ComesBackWhole", func(t *testing.T) {
		t.Parallel()
		got, back, err := mine.open(in.State, time.Now())
		require.NoError(t, err)
		require.Equal(t, in, got)
		require.Equal(t, a, back)
		again, err := mine.seal(a)
		require.NoError(t, err)
		require.NotEqual(t, in.State, again.State)
		require.NotEqual(t, in.Nonce, again.Nonce)
		require.NotEqual(t, in.Verifier, again.Verifier)
	})

	t.Run("IsReadByNobodyElse", func(t *testing.T) {
		t.Parallel()
		_, _, err := other.open(in.State, time.Now())
		require.Equal(t, usm.CodeUnauthenticated, usm.CodeOf(err))
		for i := range len(in.State) {
			changed := []byte(in.State)
			changed[i] = map[bool]byte{true: 'B', false: 'A'}[changed[i] == 'A']
			_, _, err := mine.open(string(changed), time.Now())
			if i < len(in.State)-1 { // the last character has bits that mean nothing
				require.Equal(t, usm.CodeUnauthenticated, usm.CodeOf(err), "%d", i)
			}
		}
		for _, state := range []string{"", "A", "!", strings.Repeat("A", 5000)} {
			_, _, err := mine.open(state, time.Now())
			require.Equal(t, usm.CodeUnauthenticated, usm.CodeOf(err))
		}
	})

	t.Run("IsGoodForTenMinutes", func(t *testing.T) {
		t.Parallel()
		begun := time.Unix(a.Begun, 0)
		_, _, err := mine.open(in.State, begun.Add(9*time.Minute))
		require.NoError(t, err)
		_, _, err = mine.open(in.State, begun.Add(10*time.Minute+2*time.Second))
		require.Equal(t, usm.CodeUnauthenticated, usm.CodeOf(err))
	})

	t.Run("LeadsNowhereElseWhoeverSealedIt", func(t *testing.T) {
		t.Parallel()
		sealed, err := mine.seal(attempt{Return: "//evil.example", Begun: time.Now().Unix()})
		require.NoError(t, err)
		_, _, err = mine.open(sealed.State, time.Now())
		require.Equal(t, usm.CodeInvalid, usm.CodeOf(err))
	})
}
