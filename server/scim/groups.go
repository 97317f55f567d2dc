package scim

import (
	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/usm"
)

func (s *service) listGroups(c *gin.Context, f usm.DirectoryFilter) (shown []object, total int, err error) {
	found, total, err := s.Directory.Groups(c.Request.Context(), f)
	shown = make([]object, len(found))
	for i, group := range found {
		shown[i] = s.group(c, group)
	}
	return shown, total, err
}

// showGroup answers with a group as it is now.
func (s *service) showGroup(c *gin.Context, group usm.Group) (answer, error) {
	shown, err := groups.shown(c, s.group(c, group))
	return answer{body: shown, version: group.Version}, err
}

func (s *service) getGroup(c *gin.Context) (answer, error) {
	group, err := s.Directory.Group(c.Request.Context(), domain(c), c.Param("id"))
	if err != nil {
		return answer{}, err
	}
	return s.showGroup(c, group)
}

// putGroup makes the members those of the body; without any they stay. Everything else of a group is read only.
func (s *service) putGroup(c *gin.Context) (answer, error) {
	body, err := read(c, groupSchema)
	if err != nil {
		return answer{}, err
	}
	m := &membership{}
	if value, says := body["members"]; says {
		ids, err := members(value)
		if err != nil {
			return answer{}, err
		}
		m.replace(ids)
	}
	group, err := s.setMembers(c, m)
	if err != nil {
		return answer{}, err
	}
	return s.showGroup(c, group)
}

// patchGroup does one thing after the other to the members; all of them, or none. The group is answered only when attributes are
// asked for: it may have thousands of members.
func (s *service) patchGroup(c *gin.Context) (answer, error) {
	body, err := read(c, patchSchema)
	if err != nil {
		return answer{}, err
	}
	ops, err := operations(body)
	if err != nil {
		return answer{}, err
	}
	m := &membership{}
	for _, op := range ops {
		if err := m.apply(op); err != nil {
			return answer{}, err
		}
	}
	group, err := s.setMembers(c, m)
	if err != nil || c.Query("attributes") == "" {
		return answer{version: group.Version}, err
	}
	return s.showGroup(c, group)
}

// setMembers changes who holds the profile of the address.
func (s *service) setMembers(c *gin.Context, m *membership) (usm.Group, error) {
	change := m.change(c.Param("id"))
	if c.GetHeader("If-Match") != "" || len(m.names) > 0 {
		group, err := s.Directory.Group(c.Request.Context(), domain(c), change.Profile)
		if err != nil {
			return usm.Group{}, err
		}
		if err := expect(c, group.ID, group.Version); err != nil {
			return usm.Group{}, err
		}
		for _, name := range m.names {
			if name != group.Name {
				return usm.Group{}, usm.Errorf(codeMutability, "the name %q stays: it is that of the profile in the file of the domain", group.Name)
			}
		}
		if c.GetHeader("If-Match") != "" {
			change.Match = group.Version
		}
	}
	return s.Directory.SetMembers(c.Request.Context(), domain(c), s.by(c), change)
}
