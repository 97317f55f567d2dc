package examples

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/server/api"
	"github.com/usm-works/usm/usm"
)

const clocksFile = "clocks_agreements_reports.http"

var asked = regexp.MustCompile(`(?m)^(GET|POST) \{\{host\}\}(/[^?\s]*)(?:\?(\S+))?\n`)

// TestClocksExample holds the file against what the gateway documents and against the domain that it is about.
func TestClocksExample(t *testing.T) {
	t.Parallel()
	domain, err := domains.Parse("it", domains.Builtin()["it"])
	require.NoError(t, err)
	text, err := os.ReadFile(clocksFile)
	require.NoError(t, err)
	known := humago.New(http.NewServeMux(), api.Config("test"))
	api.Register(known, api.Options{Reader: struct{ api.Reader }{}})

	t.Run("AsksOnlyWhatTheGatewayAnswers", func(t *testing.T) {
		t.Parallel()
		found := asked.FindAllStringSubmatch(string(text), -1)
		require.Len(t, found, strings.Count(string(text), " {{host}}/"))
		for _, request := range found {
			operation := operationOf(known.OpenAPI(), request[1], request[2])
			require.NotNil(t, operation, request[0])
			for pair := range strings.SplitSeq(request[3], "&") {
				name, _, _ := strings.Cut(pair, "=")
				require.True(t, name == "" || slices.ContainsFunc(operation.Parameters, func(p *huma.Param) bool { return p.Name == name }),
					"%s: %s", request[0], name)
			}
		}
	})

	t.Run("PausesForAReasonOfTheDomain", func(t *testing.T) {
		t.Parallel()
		for _, sent := range requests(t, clocksFile) {
			if sent.path != "pause" && sent.path != "resume" {
				continue
			}
			var body usm.Reason
			require.NoError(t, json.Unmarshal(sent.body, &body))
			require.True(t, slices.ContainsFunc(domain.Pauses, func(p usm.PauseReason) bool {
				return p.ID == body.Reason && p.While == nil
			}), body.Reason)
		}
	})

	t.Run("NamesAnAgreementOfTheDomain", func(t *testing.T) {
		t.Parallel()
		id := regexp.MustCompile(`/agreements/it/([\w-]+)`).FindStringSubmatch(string(text))[1]
		require.True(t, slices.ContainsFunc(domain.Agreements, func(a usm.Agreement) bool { return a.ID == id }))
	})
}

// TestItemsAreAgreedInAdvance shows that the catalogue gives the calls of these files their type.
func TestItemsAreAgreedInAdvance(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"2_resource_change.http", "5_operation.http"} {
		var open usm.NewCall
		require.NoError(t, json.Unmarshal(requests(t, file)[0].body, &open))
		domain, err := domains.Parse(open.Domain, domains.Builtin()[open.Domain])
		require.NoError(t, err)
		item := domain.Catalogue[slices.IndexFunc(domain.Catalogue, func(i usm.Item) bool { return i.ID == open.Fields["item"] })]
		person := domain.People[slices.IndexFunc(domain.People, func(p usm.Person) bool { return p.ID == open.Requester })]
		require.True(t, slices.ContainsFunc(domain.Agreements, func(a usm.Agreement) bool {
			_, covered := a.Covers(person, item.Service, nil)
			return covered && (len(a.Requests) == 0 || slices.Contains(a.Requests, item.ID))
		}), "%s: %s for %s", file, item.ID, person.ID)
	}
}

// operationOf finds the operation of an address, nil when there is none.
func operationOf(doc *huma.OpenAPI, method, address string) *huma.Operation {
	parts := strings.Split(api.Prefix+address, "/")
	for path, item := range doc.Paths {
		pattern := strings.Split(path, "/")
		same := len(pattern) == len(parts)
		for i := 0; same && i < len(parts); i++ {
			same = pattern[i] == parts[i] || strings.HasPrefix(pattern[i], "{")
		}
		operation := map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post}[method]
		if same && operation != nil {
			return operation
		}
	}
	return nil
}
