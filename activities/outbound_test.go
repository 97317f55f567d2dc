package activities_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/usm-works/usm/activities"
	"github.com/usm-works/usm/usm"
)

// loopback lets a guarded client reach the servers of these tests.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// receiver is a server that answers with a status and keeps what it was asked.
func receiver(t *testing.T, status int) (address string, asked *http.Request, body *[]byte) {
	t.Helper()
	asked, body = &http.Request{}, new([]byte)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = *r
		*body, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "the reason\n")
	}))
	t.Cleanup(server.Close)
	return server.URL, asked, body
}

func outbound() *activities.Outbound {
	return &activities.Outbound{
		Registers: &registers{}, Client: activities.NewGuardedClient(loopback), CallbackURL: "https://usm.example/callbacks",
	}
}

func work(request usm.OutboundRequest) activities.Work {
	call := usm.Call{Number: "SRQ-000007", NewCall: usm.NewCall{Subject: `A "new" laptop`}}
	return activities.Work{Call: call, Step: usm.ExecuteOperation, Attempt: 2, Request: request}
}

func TestRequestWork(t *testing.T) {
	t.Parallel()

	t.Run("SendsACloudEventWithTheCallAndTheCallback", func(t *testing.T) {
		t.Parallel()
		address, asked, body := receiver(t, http.StatusAccepted)
		require.NoError(t, outbound().RequestWork(t.Context(), work(usm.OutboundRequest{URL: address})))
		require.Equal(t, http.MethodPost, asked.Method)
		require.Equal(t, "application/cloudevents+json", asked.Header.Get("Content-Type"))
		require.Equal(t, "SRQ-000007/execute_operation/2", asked.Header.Get("Idempotency-Key"))
		var event struct {
			ID, Type, Source, Subject string
			Data                      struct {
				Call     usm.Call
				Step     usm.Step
				Callback string
			}
		}
		require.NoError(t, json.Unmarshal(*body, &event)) //nolint:musttag // names as they are in Go
		require.Equal(t, "SRQ-000007/execute_operation/2", event.ID)
		require.Equal(t, "usm.work.requested", event.Type)
		require.Equal(t, "SRQ-000007", event.Data.Call.Number)
		require.Equal(t, usm.ExecuteOperation, event.Data.Step)
		require.Equal(t, "https://usm.example/callbacks/s3cret-part-of-the-address", event.Data.Callback)
	})

	t.Run("FillsInTemplates", func(t *testing.T) {
		t.Parallel()
		address, asked, body := receiver(t, http.StatusOK)
		err := outbound().RequestWork(t.Context(), work(usm.OutboundRequest{
			Method: http.MethodPut, URL: address + "/orders/{{.Call.Number}}", Headers: map[string]string{"X-Step": "{{.Step}}"},
			Body: `{"what": {{json .Call.Subject}}, "to": {{json .Callback}}}`,
		}))
		require.NoError(t, err)
		require.Equal(t, http.MethodPut, asked.Method)
		require.Equal(t, "/orders/SRQ-000007", asked.URL.Path)
		require.Equal(t, "execute_operation", asked.Header.Get("X-Step"))
		require.Equal(t, "application/json", asked.Header.Get("Content-Type"))
		require.JSONEq(t, `{"what": "A \"new\" laptop", "to": "https://usm.example/callbacks/s3cret-part-of-the-address"}`, string(*body))
	})

	for status, retried := range map[int]bool{
		http.StatusBadRequest: false, http.StatusForbidden: false, http.StatusNotFound: false, http.StatusConflict: false,
		http.StatusRequestTimeout: true, http.StatusTooEarly: true, http.StatusTooManyRequests: true,
		http.StatusInternalServerError: true, http.StatusServiceUnavailable: true, http.StatusGatewayTimeout: true,
	} {
		t.Run("Answer/"+http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			address, _, _ := receiver(t, status)
			err := outbound().RequestWork(t.Context(), work(usm.OutboundRequest{URL: address}))
			require.ErrorContains(t, err, "the reason")
			var application *temporal.ApplicationError
			final := errors.As(err, &application) && application.NonRetryable()
			require.Equal(t, retried, !final)
		})
	}

	t.Run("NobodyThereIsRetried", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close()
		err := outbound().RequestWork(t.Context(), work(usm.OutboundRequest{URL: server.URL}))
		var application *temporal.ApplicationError
		require.Error(t, err)
		require.NotErrorAs(t, err, &application)
	})

	for name, request := range map[string]usm.OutboundRequest{
		"AMissingSecretIsRefusedWithoutARequest": {
			URL: "https://supplier.example", Headers: map[string]string{"Authorization": `Bearer {{secret "NOT_SET_ANYWHERE"}}`},
		},
		"ATemplateThatFailsIsRefused":  {URL: "https://supplier.example/{{.Call.Colour}}"},
		"AnAddressThatIsNoneIsRefused": {URL: "https://supplier.example/\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := outbound().RequestWork(t.Context(), work(request))
			var application *temporal.ApplicationError
			require.ErrorAs(t, err, &application)
			require.True(t, application.NonRetryable())
			require.Equal(t, "invalid", application.Type())
		})
	}

	t.Run("AWorkerWithoutAClientSendsNothing", func(t *testing.T) {
		t.Parallel()
		err := (&activities.Outbound{Registers: &registers{}}).RequestWork(t.Context(), work(usm.OutboundRequest{URL: "https://x.example"}))
		var application *temporal.ApplicationError
		require.ErrorAs(t, err, &application)
		require.Equal(t, "forbidden", application.Type())
	})

	t.Run("RegistersThatAreAwayAreAskedAgain", func(t *testing.T) {
		t.Parallel()
		o := outbound()
		o.Registers = &registers{err: errors.New("away")}
		require.EqualError(t, o.RequestWork(t.Context(), work(usm.OutboundRequest{URL: "https://x.example"})), "away")
	})
}

// TestSecrets sets a variable of the process, so it runs alone.
func TestSecrets(t *testing.T) {
	t.Setenv("USM_SECRET_SUPPLIER", "t0ken")
	address, asked, _ := receiver(t, http.StatusOK)
	request := usm.OutboundRequest{URL: address, Headers: map[string]string{"Authorization": `Bearer {{secret "SUPPLIER"}}`}}
	require.NoError(t, outbound().RequestWork(t.Context(), work(request)))
	require.Equal(t, "Bearer t0ken", asked.Header.Get("Authorization"))
}

func TestGuardedClient(t *testing.T) {
	t.Parallel()

	t.Run("ReachesAnAllowedPrefixOnly", func(t *testing.T) {
		t.Parallel()
		address, _, _ := receiver(t, http.StatusOK)
		o := outbound()
		require.NoError(t, o.RequestWork(t.Context(), work(usm.OutboundRequest{URL: address})))
		o.Client = activities.NewGuardedClient(nil)
		err := o.RequestWork(t.Context(), work(usm.OutboundRequest{URL: address}))
		var application *temporal.ApplicationError
		require.ErrorAs(t, err, &application)
		require.True(t, application.NonRetryable(), "no retry makes the address another")
		require.Equal(t, "forbidden", application.Type())
	})

	t.Run("ANameIsJudgedByWhatItResolvesTo", func(t *testing.T) {
		t.Parallel()
		address, _, _ := receiver(t, http.StatusOK)
		named := strings.Replace(address, "127.0.0.1", "localhost", 1)
		o := outbound()
		o.Client = activities.NewGuardedClient(nil)
		require.ErrorContains(t, o.RequestWork(t.Context(), work(usm.OutboundRequest{URL: named})), "may not be reached")
	})

	t.Run("RefusesARedirectToAPrivateAddress", func(t *testing.T) {
		t.Parallel()
		for _, target := range []string{"http://169.254.169.254/latest", "http://10.0.0.1/", "http://[::1]:9/"} {
			server := httptest.NewServer(http.RedirectHandler(target, http.StatusTemporaryRedirect))
			err := outbound().RequestWork(t.Context(), work(usm.OutboundRequest{URL: server.URL}))
			server.Close()
			require.ErrorContains(t, err, "may not be reached", target)
		}
	})

	t.Run("FollowsNoLoop", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.RedirectHandler("/", http.StatusTemporaryRedirect))
		t.Cleanup(server.Close)
		_, err := activities.NewGuardedClient(loopback).Get(server.URL)
		var failed *url.Error
		require.ErrorAs(t, err, &failed)
		require.ErrorContains(t, err, "too many redirects")
	})
}
