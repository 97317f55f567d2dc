package api

import (
	"context"

	"github.com/usm-works/usm/usm"
)

type directoryChangesInput struct {
	Paging
	ID     string `path:"id"`
	Person string `query:"person" maxLength:"100" doc:"id of a person; without it everybody of the domain"`
}

// directoryChanges tells who changed what about the people of a domain: its file, or a provisioning system.
func (a *API) directoryChanges(ctx context.Context, in *directoryChangesInput) (*list[usm.DirectoryChange], error) {
	if _, err := a.domains(ctx, in.ID); err != nil {
		return nil, err
	}
	changes, cursor, err := a.reader.DirectoryChanges(ctx, in.ID, in.Person, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(changes, in.next(cursor)), nil
}
