package scim

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

// errorSchema is that of an error (RFC 7644 §3.12).
const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"

// The codes that only SCIM knows. Those of RFC 7644 table 9 are called as its scimType.
const (
	codeInvalidFilter usm.Code = "invalidFilter" // a filter that nobody here can answer
	codeInvalidSyntax usm.Code = "invalidSyntax" // the body is no request of that kind
	codeInvalidPath   usm.Code = "invalidPath"   // a path that leads nowhere
	codeInvalidValue  usm.Code = "invalidValue"  // a value that does not fit
	codeNoTarget      usm.Code = "noTarget"      // nothing is named that could be changed
	codeMutability    usm.Code = "mutability"    // what is named cannot be changed
	codeUnsupported   usm.Code = "unsupported"   // optional in SCIM, and not here
	codeNotOfGroups   usm.Code = "notOfGroups"   // groups are neither made nor removed
)

// table says what a code is in SCIM, where that is not what it is elsewhere.
var table = map[usm.Code]struct {
	status int
	scim   string // scimType, "" for none
}{
	codeInvalidFilter: {http.StatusBadRequest, "invalidFilter"},
	codeInvalidSyntax: {http.StatusBadRequest, "invalidSyntax"},
	codeInvalidPath:   {http.StatusBadRequest, "invalidPath"},
	codeInvalidValue:  {http.StatusBadRequest, "invalidValue"},
	codeNoTarget:      {http.StatusBadRequest, "noTarget"},
	codeMutability:    {http.StatusBadRequest, "mutability"},
	codeUnsupported:   {http.StatusNotImplemented, ""},
	codeNotOfGroups:   {http.StatusMethodNotAllowed, ""},
	usm.CodeInvalid:   {http.StatusBadRequest, "invalidValue"},
	usm.CodeConflict:  {http.StatusConflict, "uniqueness"},
}

// Write answers with a refusal in the form of RFC 7644 §3.12. problem is the same refusal as it is told elsewhere: its headers say
// when to come back and how to authenticate.
func Write(w http.ResponseWriter, refusal *usm.Error, problem *status.Problem) {
	code, scimType := problem.Status, ""
	if row, own := table[refusal.Code]; own {
		code, scimType = row.status, row.scim
	}
	body := object{"schemas": []string{errorSchema}, "status": strconv.Itoa(code), "detail": refusal.Error()}
	if scimType != "" {
		body["scimType"] = scimType
	}
	problem.Headers(w.Header().Set)
	w.Header().Set("Content-Type", ContentType)
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // the client has gone away
}
