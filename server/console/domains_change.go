package console

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// domainEdit is a domain file that somebody has changed, and what came of it.
type domainEdit struct {
	ID      string
	New     bool // it is for a domain that is not there yet: the file says which
	File    string
	Problem *client.Problem
	Plan    *client.DomainPlan // nil before it is asked for
	Digest  string             // of the file that the plan is of
	Base    int                // version of the domain that the plan starts from
	Names   directory          // of the domain as it is
}

// expiry is what happens when the time of an approval is over.
func expiry(policy usm.ApprovalPolicy) string {
	return string(cmp.Or(policy.Expiry, usm.ExpiryReject))
}

// newDomain takes the file of a domain that is not there yet. It may begin with one that comes with the product.
func (s *site) newDomain(v *visit) (page, error) {
	if !v.me.Admin {
		return page{}, &client.Problem{Status: http.StatusForbidden, Code: usm.CodeForbidden, Detail: v.T("domains.new_who")}
	}
	e := domainEdit{New: true, File: string(s.Examples[v.query("from")])}
	return page{Place: "domains", Title: v.T("domains.new"), Body: newDomain(v, e)}, nil
}

// idLine is where a file says which domain it is of, in YAML or JSON.
var idLine = regexp.MustCompile(`(?m)^(?:\{\s*)?["']?id["']?\s*:\s*["']?([a-z][a-z0-9-]*)`)

// planNewDomain shows what the file of a new domain would make. What says no id, the API finds wrong whatever it is called.
func (s *site) planNewDomain(v *visit) (page, error) {
	text, err := sentFile(v)
	if err != nil {
		return page{}, err
	}
	e := domainEdit{ID: "new", New: true, File: text}
	if found := idLine.FindStringSubmatch(text); found != nil {
		e.ID = found[1]
	}
	return v.plan(e)
}

// planDomain shows what a file would change, and changes nothing.
func (s *site) planDomain(v *visit) (page, error) {
	text, err := sentFile(v)
	if err != nil {
		return page{}, err
	}
	return v.plan(domainEdit{ID: v.param("id"), File: text})
}

// plan asks what the file would change and shows it, or what is wrong with the file.
func (v *visit) plan(e domainEdit) (page, error) {
	status := 0
	if e.Problem != nil {
		status = http.StatusConflict
	}
	plan, err := v.api.PlanDomain(v.ctx(), e.ID, []byte(e.File))
	if problem := wrongInput(err); problem != nil {
		e.Problem, status = problem, http.StatusUnprocessableEntity
	} else if err != nil {
		return page{}, err
	} else {
		e.Plan, e.Digest, e.Base = &plan, digest(e.File), plan.Version
		if plan.Changed {
			e.Base--
		}
	}
	if e.Names, err = v.directory(e.ID, wanted{}); err != nil {
		return page{}, err
	}
	return page{Place: "domains", Title: v.T("domains.plan"), Body: planned(v, e), Status: status}, nil
}

// applyDomain makes a file the domain's, if it is the one that was shown and the domain is still as it was then.
func (s *site) applyDomain(v *visit) (page, error) {
	base, err := strconv.Atoi(v.c.PostForm("base"))
	e := domainEdit{ID: v.param("id"), New: err == nil && base == 0, File: lines(v.c.PostForm("file"))}
	if err != nil || digest(e.File) != v.c.PostForm("digest") {
		e.Problem = &client.Problem{Detail: v.T("domains.not_shown")}
		return v.plan(e)
	}
	_, err = v.api.ApplyDomain(v.ctx(), e.ID, []byte(e.File), client.WithVersion(base), client.WithKey(v.key()))
	if e.Problem = wrongInput(err); e.Problem != nil {
		return v.plan(e)
	}
	return see("/domains/" + escapePath(e.ID) + "?said=applied"), err
}

// address is where the form sends the file.
func (e domainEdit) address() templ.SafeURL {
	if e.New {
		return "/new-domain"
	}
	return templ.SafeURL("/domains/" + escapePath(e.ID) + "/plan")
}

// marked marks the text when something in it is wrong, and says where that is told.
func (e domainEdit) marked() templ.Attributes {
	if e.Problem == nil {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "wrong"}
}

// sentFile is the file of the form: the one that was chosen, else the text. Line ends are those of files.
func sentFile(v *visit) (string, error) {
	upload, err := v.c.FormFile("upload")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || err == nil && upload.Size == 0 {
		return lines(v.c.PostForm("file")), nil
	}
	if err != nil {
		return "", err
	}
	content, err := upload.Open()
	if err != nil {
		return "", err
	}
	defer content.Close() //nolint:errcheck // it is read to its end
	text, err := io.ReadAll(content)
	return lines(string(text)), err
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(lines(text)))
	return hex.EncodeToString(sum[:])
}

// lines ends the lines of a text as files do; browsers end those of a field otherwise.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
