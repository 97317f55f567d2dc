package scim

import (
	"context"

	"github.com/usm-works/usm/usm"
)

// Directory keeps the people of the domains. by is who is on record for a change: the name of a token.
type Directory interface {
	// Provision makes people as they are wanted, all or none, and returns them as they are now; what is so already changes nothing.
	// usm.CodeInvalid for people who do not fit the domain, usm.CodeConflict for an id or external id that is taken,
	// usm.CodePrecondition for somebody who was changed since he was read, usm.CodeNotFound when there is no such domain.
	Provision(ctx context.Context, domain, by string, people ...usm.Provisioned) ([]usm.DirectoryEntry, error)
	// Deprovision removes somebody. match is the version he was read under, "" any; usm.CodeNotFound when there is nobody.
	Deprovision(ctx context.Context, domain, by, id, match string) error
	// SetMembers changes who holds a profile; usm.CodeNotFound when there is none, else as of Provision.
	SetMembers(ctx context.Context, domain, by string, change usm.MembersChange) (usm.Group, error)
	// DirectoryEntry returns somebody; usm.CodeNotFound when there is nobody, or he was removed.
	DirectoryEntry(ctx context.Context, domain, id string) (usm.DirectoryEntry, error)
	// Directory lists people by id, and says how many the filter leaves in all.
	Directory(ctx context.Context, filter usm.DirectoryFilter) (entries []usm.DirectoryEntry, total int, err error)
	// Group returns a profile with those who hold it; usm.CodeNotFound when there is none.
	Group(ctx context.Context, domain, profile string) (usm.Group, error)
	// Groups lists profiles by id, and says how many the filter leaves in all.
	Groups(ctx context.Context, filter usm.DirectoryFilter) (groups []usm.Group, total int, err error)
}
