package scim

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/usm"
)

func (s *service) listUsers(c *gin.Context, f usm.DirectoryFilter) (shown []object, total int, err error) {
	entries, total, err := s.Directory.Directory(c.Request.Context(), f)
	shown = make([]object, len(entries))
	for i, entry := range entries {
		shown[i] = s.user(c, entry)
	}
	return shown, total, err
}

// showUser answers with somebody as he is now.
func (s *service) showUser(c *gin.Context, entry usm.DirectoryEntry) (answer, error) {
	shown, err := users.shown(c, s.user(c, entry))
	return answer{body: shown, version: entry.Version}, err
}

func (s *service) getUser(c *gin.Context) (answer, error) {
	entry, err := s.Directory.DirectoryEntry(c.Request.Context(), domain(c), c.Param("id"))
	if err != nil {
		return answer{}, err
	}
	return s.showUser(c, entry)
}

// postUser brings somebody who is not there, or was removed.
func (s *service) postUser(c *gin.Context) (answer, error) {
	body, err := read(c, userSchema)
	if err != nil {
		return answer{}, err
	}
	d := &draft{Provisioned: usm.Provisioned{New: true}}
	if err := d.merge("", body); err != nil {
		return answer{}, err
	}
	entry, err := s.provision(c, d)
	if err != nil {
		return answer{}, err
	}
	a, err := s.showUser(c, entry)
	a.made = s.location(c, users.endpoint, entry.ID)
	return a, err
}

// putUser makes somebody what the body says. What it does not say is removed, but for the name and whether he is active, which
// stay; so does what belongs to an extension that it does not name.
func (s *service) putUser(c *gin.Context) (answer, error) {
	body, err := read(c, userSchema)
	if err != nil {
		return answer{}, err
	}
	return s.changeUser(c, func(d *draft) error {
		d.Email, d.External = "", ""
		if says(body, enterpriseSchema) {
			d.Manager = ""
		}
		if says(body, usmSchema) {
			d.Customer, d.Site = "", ""
		}
		return d.merge("", body)
	})
}

// says reports whether a body names an extension.
func says(body object, extension string) bool {
	_, named := body[strings.ToLower(extension)]
	return named
}

// patchUser does one thing after the other to somebody; all of them, or none.
func (s *service) patchUser(c *gin.Context) (answer, error) {
	body, err := read(c, patchSchema)
	if err != nil {
		return answer{}, err
	}
	ops, err := operations(body)
	if err != nil {
		return answer{}, err
	}
	return s.changeUser(c, func(d *draft) error {
		for _, op := range ops {
			if err := d.apply(op); err != nil {
				return err
			}
		}
		return nil
	})
}

// apply does one operation of a PATCH.
func (d *draft) apply(op operation) error {
	d.adds = op.kind == opAdd
	if op.path == "" {
		fields, ok := op.value.(object)
		if !ok {
			return usm.Errorf(codeInvalidValue, "without a path the value is an object")
		}
		return d.merge("", fields)
	}
	to, err := users.target(op.path)
	if err != nil {
		return err
	}
	if op.kind != opRemove {
		return d.set(to, op.value)
	}
	if to.path == "emails" && op.value != nil { // which of them
		gone := &draft{}
		if err := gone.emails(op.value); err != nil || !strings.EqualFold(gone.Email, d.Email) {
			return err
		}
	}
	return d.set(to, nil)
}

// changeUser changes somebody, who is read first.
func (s *service) changeUser(c *gin.Context, change func(*draft) error) (answer, error) {
	var entry usm.DirectoryEntry
	err := repeat(c, func() error {
		var err error
		if entry, err = s.Directory.DirectoryEntry(c.Request.Context(), domain(c), c.Param("id")); err != nil {
			return err
		}
		if err := expect(c, entry.ID, entry.Version); err != nil {
			return err
		}
		known := usm.Provisioned{Person: entry.Person, External: entry.External, Match: entry.Version}
		d := &draft{Provisioned: known, was: known}
		if err := change(d); err != nil {
			return err
		}
		entry, err = s.provision(c, d)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return s.showUser(c, entry)
}

func (s *service) provision(c *gin.Context, d *draft) (usm.DirectoryEntry, error) {
	wanted, err := d.person()
	if err != nil {
		return usm.DirectoryEntry{}, err
	}
	entries, err := s.Directory.Provision(c.Request.Context(), domain(c), s.by(c), wanted)
	if err != nil {
		return usm.DirectoryEntry{}, err
	}
	return entries[0], nil
}

// deleteUser removes somebody.
func (s *service) deleteUser(c *gin.Context) (answer, error) {
	match, id := "", c.Param("id")
	if c.GetHeader("If-Match") != "" {
		entry, err := s.Directory.DirectoryEntry(c.Request.Context(), domain(c), id)
		if err != nil {
			return answer{}, err
		}
		if err := expect(c, id, entry.Version); err != nil {
			return answer{}, err
		}
		match = entry.Version
	}
	return answer{}, s.Directory.Deprovision(c.Request.Context(), domain(c), s.by(c), id, match)
}
