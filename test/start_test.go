package test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/usm-works/usm/store/storetest"
	"github.com/usm-works/usm/test/product"
)

// TestAPartThatStartsOnWhatWasNotMadeForItSaysHowToMendIt and ends with exit code 1, gateway and worker alike.
func TestAPartThatStartsOnWhatWasNotMadeForItSaysHowToMendIt(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{Domains: []string{"hr"}})
	bare := namespace(t, p, p.Namespace+"-bare", nil)
	other := namespace(t, p, p.Namespace+"-other", map[string]enums.IndexedValueType{"UsmDue": enums.INDEXED_VALUE_TYPE_KEYWORD})
	_, err := p.Try([]string{other}, "migrate")
	require.NoError(t, err)
	for says, env := range map[string]string{
		`has no namespace "nowhere"`: "USM_TEMPORAL_NAMESPACE=nowhere",
		"lacks the search attributes UsmDomain, UsmDue, UsmPriority, UsmProcess, UsmService, UsmStatus, UsmStep, UsmWaitingFor, " +
			"UsmWorkflow: run usm migrate": bare,
		"has the search attribute UsmDue as Keyword and has to have it as Datetime": other,
		"the schema of the registers is version 0 and this binary needs":            "USM_DATABASE_URL=" + storetest.EmptyURL(t),
	} {
		for _, part := range []string{"gateway", "worker"} {
			started := p.Background([]string{env, "USM_ADDRESS=127.0.0.1:0"}, part)
			product.Eventually(t, eventual, part+" with "+env+" ends", func() error {
				if !started.Ended() {
					return errors.New(started.Said())
				}
				return nil
			})
			require.Equal(t, 1, started.ExitCode(), started.Said())
			require.Contains(t, started.Said(), "usm: ")
			require.Contains(t, started.Said(), says)
		}
	}
}

// namespace makes one with these search attributes and returns the setting that names it.
func namespace(t *testing.T, p *product.Product, name string, have map[string]enums.IndexedValueType) string {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: p.TemporalAddress})
	require.NoError(t, err)
	defer c.Close()
	_, err = c.WorkflowService().RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	require.NoError(t, err)
	if len(have) > 0 {
		product.Eventually(t, eventual, "the namespace is known", func() error {
			_, err := c.OperatorService().AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{
				Namespace: name, SearchAttributes: have,
			})
			return err
		})
	}
	return "USM_TEMPORAL_NAMESPACE=" + name
}

// TestAGatewayWhoseTemporalComesLater starts without it, says when it is not what is needed, and is ready once it is.
func TestAGatewayWhoseTemporalComesLater(t *testing.T) {
	t.Parallel()
	p := product.Start(t, product.Options{Domains: []string{"hr"}})
	address, temporal := nobodyAt(t), nobodyAt(t)
	env := []string{"USM_ADDRESS=" + address, "USM_TEMPORAL_ADDRESS=" + temporal, "USM_TEMPORAL_NAMESPACE=later"}
	gateway := p.Background(env, "gateway")
	readyz := func(code int, says string) error {
		response, err := http.Get("http://" + address + "/readyz")
		if err != nil {
			return err
		}
		defer response.Body.Close() //nolint:errcheck // nothing was written
		body, err := io.ReadAll(response.Body)
		if err == nil && (response.StatusCode != code || !strings.Contains(string(body), says)) {
			err = fmt.Errorf("%s: %s", response.Status, body)
		}
		return err
	}
	product.Eventually(t, eventual, "it serves without Temporal", func() error {
		return readyz(http.StatusServiceUnavailable, `"temporal":"away"`)
	})
	server := product.StartTemporal(t, filepath.Join(t.TempDir(), "temporal"), temporal)
	t.Cleanup(server.Kill)
	product.Eventually(t, eventual, "it says what is missing", func() error {
		return readyz(http.StatusServiceUnavailable, `has no namespace \"later\": set USM_TEMPORAL_ADDRESS or USM_TEMPORAL_NAMESPACE`)
	})
	product.Eventually(t, eventual, "its log does", func() error {
		if !strings.Contains(gateway.Said(), `"msg":"Temporal is not prepared"`) {
			return errors.New(gateway.Said())
		}
		return nil
	})
	_, err := p.Try(env, "migrate")
	require.NoError(t, err)
	product.Eventually(t, eventual, "it is ready", func() error { return readyz(http.StatusOK, `"temporal":"ready"`) })
	require.False(t, gateway.Ended())
}

// nobodyAt is an address of this machine at which nobody listens.
func nobodyAt(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // only its number is wanted
	return l.Addr().String()
}
