package scim

import (
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scim2/filter-parser/v2"

	"github.com/usm-works/usm/usm"
)

// draft is a person while he is made what a client wants.
type draft struct {
	usm.Provisioned

	display, formatted, given, family string // names that the client says, "" for none
	adds                              bool   // what is said is added to what is there
	was                               usm.Provisioned
}

// keeps are the attributes of users that are kept, in lower case, with what each does.
var keeps = map[string]func(*draft, any) error{
	"username":        (*draft).userName,
	"externalid":      func(d *draft, v any) (err error) { d.External, err = text("externalId", v); return err },
	"displayname":     func(d *draft, v any) (err error) { d.display, err = text("displayName", v); return err },
	"name.formatted":  func(d *draft, v any) (err error) { d.formatted, err = text("name.formatted", v); return err },
	"name.givenname":  func(d *draft, v any) (err error) { d.given, err = text("name.givenName", v); return err },
	"name.familyname": func(d *draft, v any) (err error) { d.family, err = text("name.familyName", v); return err },
	"active": func(d *draft, v any) error {
		active, err := truth("active", v)
		d.Inactive = !active
		return err
	},
	"emails":       (*draft).emails,
	"emails.value": func(d *draft, v any) (err error) { d.Email, err = text("emails.value", v); return err },
	strings.ToLower(enterpriseSchema) + ":manager": func(d *draft, v any) (err error) {
		d.Manager, err = one("manager", v)
		return err
	},
	strings.ToLower(enterpriseSchema) + ":manager.value": func(d *draft, v any) (err error) {
		d.Manager, err = text("manager.value", v)
		return err
	},
	strings.ToLower(usmSchema) + ":customer": func(d *draft, v any) (err error) { d.Customer, err = text("customer", v); return err },
	strings.ToLower(usmSchema) + ":site":     func(d *draft, v any) (err error) { d.Site, err = text("site", v); return err },
}

// readOnly are attributes that nobody sets; in a body they are passed over (RFC 7644 §3.5.1).
var readOnly = []string{"id", "schemas", "meta", "groups"}

// passes are attributes that RFC 7643 knows and nobody here keeps: to set them does nothing.
var passes = []string{
	"name.middlename", "name.honorificprefix", "name.honorificsuffix", "nickname", "profileurl", "title", "usertype",
	"preferredlanguage", "locale", "timezone", "password", "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles",
	"x509certificates", "emails.type", "emails.primary", "emails.display", "emails.$ref",
	strings.ToLower(enterpriseSchema) + ":employeenumber", strings.ToLower(enterpriseSchema) + ":costcenter",
	strings.ToLower(enterpriseSchema) + ":organization", strings.ToLower(enterpriseSchema) + ":division",
	strings.ToLower(enterpriseSchema) + ":department", strings.ToLower(enterpriseSchema) + ":manager.displayname",
	strings.ToLower(enterpriseSchema) + ":manager.$ref",
}

// userName is the id of a person; that of somebody who is there stays.
func (d *draft) userName(value any) error {
	name, err := text("userName", value)
	if err == nil && d.ID == "" {
		d.ID = name
	}
	if err == nil && !strings.EqualFold(name, d.ID) {
		err = usm.Errorf(codeMutability, "the user name %s stays: it is the id of the person on every trail and in every agreement", d.ID)
	}
	return err
}

// emails takes the one that is kept: the primary one, else that of work, else the first.
func (d *draft) emails(value any) error {
	list, ok := value.([]any)
	if !ok {
		address, err := one("emails", value)
		d.Email = address
		return err
	}
	best := 0
	if d.adds && d.Email != "" {
		best = 1
	} else {
		d.Email = ""
	}
	for _, item := range list {
		address, err := one("emails", item)
		if err != nil {
			return err
		}
		rank := 1
		if fields, ok := item.(object); ok {
			if kind, _ := fields["type"].(string); strings.EqualFold(kind, "work") {
				rank = 2
			}
			if primary, err := truth("primary", fields["primary"]); err == nil && primary {
				rank = 3
			}
		}
		if rank > best {
			best, d.Email = rank, address
		}
	}
	return nil
}

// one is the value of an attribute that clients send as a text, as {value: text} or as a list of one of them.
func one(name string, value any) (string, error) {
	switch v := value.(type) {
	case object:
		return text(name+".value", v["value"])
	case []any:
		if len(v) == 0 {
			return "", nil
		}
		if len(v) == 1 {
			return one(name, v[0])
		}
		return "", usm.Errorf(codeInvalidValue, "%s has one value", name)
	}
	return text(name, value)
}

// merge sets what a body says. What nobody here knows is passed over.
func (d *draft) merge(below string, body object) error {
	for _, name := range slices.Sorted(maps.Keys(body)) {
		err := d.say(below+name, body[name])
		if code := usm.CodeOf(err); err != nil && code != codeInvalidPath {
			return err
		}
	}
	return nil
}

// say sets what a name of a body says; big clients write paths there.
func (d *draft) say(name string, value any) error {
	if slices.Contains(readOnly, name) {
		return nil
	}
	to, err := users.target(name)
	if err != nil {
		return err
	}
	return d.set(to, value)
}

// set sets what is at a target; nil removes it.
func (d *draft) set(to target, value any) error {
	if to.where != nil && to.path == "emails" {
		if means, err := d.means(to.where); err != nil || !means {
			return err
		}
	}
	path := to.path
	if to.sub != "" {
		path += "." + to.sub
	}
	if set, kept := keeps[path]; kept {
		return set(d, value)
	}
	if fields, ok := value.(object); ok {
		switch path {
		case "name":
			return d.merge("name.", fields)
		case strings.ToLower(enterpriseSchema), strings.ToLower(usmSchema):
			return d.merge(path+":", fields)
		}
	}
	switch {
	case slices.Contains(readOnly, path) || strings.HasPrefix(path, "meta.") || strings.HasPrefix(path, "groups."):
		return usm.Errorf(codeMutability, "%s is read only", path)
	case slices.Contains(passes, path) || slices.Contains(passes, to.path) || path == "name" && value == nil:
		return nil
	case path == "name" || slices.Contains([]string{strings.ToLower(enterpriseSchema), strings.ToLower(usmSchema)}, path):
		return usm.Errorf(codeInvalidValue, "%s is an object", path)
	}
	return usm.Errorf(codeInvalidPath, "users have no attribute %s", path)
}

// means reports whether a filter on emails means the one that is kept. Others are not kept: to set them does nothing.
func (d *draft) means(where filter.Expression) (bool, error) {
	switch e := where.(type) {
	case *filter.LogicalExpression:
		left, err := d.means(e.Left)
		if err != nil || e.Operator != filter.AND {
			break
		}
		right, err := d.means(e.Right)
		return left && right, err
	case *filter.AttributeExpression:
		asked, _ := e.CompareValue.(string)
		switch name := strings.ToLower(e.AttributePath.String()); {
		case !strings.EqualFold(string(e.Operator), "eq"):
		case name == "type":
			return strings.EqualFold(asked, "work"), nil
		case name == "primary":
			return truth("primary", e.CompareValue)
		case name == "value":
			return strings.EqualFold(asked, d.Email), nil
		}
	}
	return false, usm.Errorf(codeInvalidPath, "the values of a path are chosen by type, primary or value, joined by 'and'")
}

var (
	userNames = regexp.MustCompile(`^[^/\p{Z}\p{C}]{1,100}$`)
	lines     = regexp.MustCompile(`^\P{Cc}*$`)
)

// person is the draft as the directory takes it. What he has already is not looked at: it keeps nobody from leaving.
func (d *draft) person() (usm.Provisioned, error) {
	if d.New && !userNames.MatchString(d.ID) {
		return usm.Provisioned{}, usm.Errorf(codeInvalidValue, "a userName has 1 to 100 characters, and no white space or slash among them")
	}
	full := ""
	if d.Name == "" || d.given != "" && d.family != "" {
		full = strings.TrimSpace(d.given + " " + d.family)
	}
	for _, name := range []string{d.ID, d.Name, full, d.formatted, d.display} {
		if name = strings.TrimSpace(name); name != "" {
			d.Name = name
		}
	}
	if address, err := mail.ParseAddress(d.Email); d.Email != d.was.Email && d.Email != "" && (err != nil || address.Address != d.Email) {
		return usm.Provisioned{}, usm.Errorf(codeInvalidValue, "%q is no email address", d.Email)
	}
	for name, value := range map[string][2]string{
		"displayName": {d.Name, d.was.Name}, "emails": {d.Email, d.was.Email}, "externalId": {d.External, d.was.External},
		"site": {d.Site, d.was.Site}, "customer": {d.Customer, d.was.Customer}, "manager": {d.Manager, d.was.Manager},
	} {
		if value[0] != value[1] && (utf8.RuneCountInString(value[0]) > 200 || !lines.MatchString(value[0])) {
			return usm.Provisioned{}, usm.Errorf(codeInvalidValue, "%s is a line of at most 200 characters", name)
		}
	}
	return d.Provisioned, nil
}
