package console

import (
	"strings"

	"github.com/usm-works/usm/usm"
)

// tokensPage lists who may call, as the address narrows it.
type tokensPage struct{ listed[usm.Token] }

// The kinds and states that a list of tokens is narrowed to.
var (
	tokenKinds  = []string{usm.TokenOfSession, usm.TokenOfPerson, usm.TokenOfMachine}
	tokenStates = []string{"good", "over"}
)

// tokens lists tokens and sessions, for administrators.
func (s *site) tokens(v *visit) (page, error) {
	found, next, err := v.api.Tokens(v.ctx(), usm.TokenFilter{
		Person: v.query("person"), Kind: oneOf(v.query("kind"), tokenKinds...), State: oneOf(v.query("state"), tokenStates...), Page: v.page(50),
	})
	p := tokensPage{listed[usm.Token]{Rows: found, Next: next}}
	return page{Place: "system", Title: v.T("system.tokens"), Body: tokens(v, p)}, err
}

// revokeToken revokes a token. Whoever revokes his own is asked to sign in by the next page.
func (s *site) revokeToken(v *visit) (page, error) {
	_, err := v.api.RevokeToken(v.ctx(), v.param("id"))
	return see("/system/tokens?said=revoked"), err
}

func (v *visit) tokenKind(kind string) string   { return v.T("token.kinds." + kind) }
func (v *visit) tokenState(state string) string { return v.T("token.states." + state) }

// tokenRights is what a token lets its holder do.
func (v *visit) tokenRights(t usm.Token) string {
	var rights []string
	if t.Admin {
		rights = append(rights, v.T("token.admin"))
	}
	if t.Scopes == nil {
		return strings.Join(append(rights, v.T("token.all")), ", ")
	}
	return strings.Join(append(rights, t.Scopes...), ", ")
}
