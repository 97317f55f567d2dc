package console

import (
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// look is how somebody wants to see the pages. The browser keeps it, in a cookie.
type look struct {
	Language string // of languages
	Theme    string // "" follows the system, light or dark
	Density  string // "" is comfortable, or dense
	Keys     string // "" lets single keys do something, off does not
	Zone     *time.Location
	zoneSet  bool
}

const (
	lookCookie = "usm-look" // language.theme.density.keys
	zoneCookie = "usm-zone" // the script tells the zone of the browser
)

// languages are those that have a file of texts. English is the first, and for everybody else.
var (
	languages = languagesIn("texts/*.yaml")
	matcher   = matching(languages)
)

func languagesIn(pattern string) []string {
	files, err := fs.Glob(textFiles, pattern)
	if err != nil {
		panic(err) // the pattern is ours
	}
	found := []string{"en"}
	for _, file := range files {
		if name := strings.TrimSuffix(path.Base(file), ".yaml"); name != found[0] {
			found = append(found, name)
		}
	}
	return found
}

func matching(names []string) language.Matcher {
	var tags []language.Tag
	for _, name := range names {
		tags = append(tags, language.MustParse(name))
	}
	return language.NewMatcher(tags)
}

// lookOf reads the cookie; whatever it says that we do not know counts for nothing.
func lookOf(r *http.Request) look {
	l := look{Zone: time.UTC}
	if cookie, err := r.Cookie(zoneCookie); err == nil {
		// Local would be the zone of the server, and says nothing to the reader.
		if zone, err := time.LoadLocation(strings.ReplaceAll(cookie.Value, "%2F", "/")); err == nil && zone != time.Local && cookie.Value != "" {
			l.Zone, l.zoneSet = zone, true
		}
	}
	if cookie, err := r.Cookie(lookCookie); err == nil {
		parts := append(strings.Split(cookie.Value, "."), "", "", "", "")
		l.Language = oneOf(parts[0], languages...)
		l.Theme = oneOf(parts[1], "light", "dark")
		l.Density = oneOf(parts[2], "dense")
		l.Keys = oneOf(parts[3], "off")
	}
	if l.Language == "" {
		_, i := language.MatchStrings(matcher, r.Header.Get("Accept-Language"))
		l.Language = languages[i]
	}
	return l
}

func oneOf(value string, known ...string) string {
	if slices.Contains(known, value) {
		return value
	}
	return ""
}

// prefer keeps how somebody wants to see the pages, and goes back to where he was.
func (s *site) prefer(v *visit) (page, error) {
	l := v.look
	for name, field := range map[string]*string{"language": &l.Language, "theme": &l.Theme, "density": &l.Density, "keys": &l.Keys} {
		if value, sent := v.c.GetPostForm(name); sent {
			*field = value
		}
	}
	http.SetCookie(v.c.Writer, &http.Cookie{ //nolint:gosec // it holds no secret, and no script has to be kept from it
		Name: lookCookie, Value: strings.Join([]string{l.Language, l.Theme, l.Density, l.Keys}, "."), Path: "/",
		MaxAge: int((365 * 24 * time.Hour).Seconds()), SameSite: http.SameSiteLaxMode, HttpOnly: true,
	})
	return see(v.c.PostForm("back")), nil
}
