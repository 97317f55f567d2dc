package server_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/server"
	"github.com/usm-works/usm/usm"
)

func TestBacklogMetrics(t *testing.T) {
	t.Parallel()
	scraped := func(t *testing.T, mailer server.Mailer, backlog func(context.Context) (usm.Backlog, error)) string {
		t.Helper()
		w := setup(t, func(o *server.Options) { o.Backlog, o.Mailer = backlog, mailer })
		return string(w.send("", http.MethodGet, "/metrics", nil).status(http.StatusOK).body)
	}
	waiting := func(context.Context) (usm.Backlog, error) {
		return usm.Backlog{
			Open:    []usm.OpenCalls{{Step: usm.ClassifyIncident, Age: 1, Count: 3}, {Age: 0, Count: 2}},
			Pending: usm.Queue{Waiting: 2, Oldest: 90}, Mails: usm.Queue{Waiting: 5, Oldest: 7}, DeadLetters: 4,
			Unheard: usm.Queue{Waiting: 6, Oldest: 8},
		}, nil
	}

	t.Run("WhatWaitsIsMeasured", func(t *testing.T) {
		t.Parallel()
		metrics := scraped(t, &fakeMailer{}, waiting)
		for _, line := range []string{
			`usm_calls_open{age="1d",process="recover",step="classify_incident"} 3`, `usm_calls_open{age="1h",process="",step=""} 2`,
			"usm_intake_pending_calls 2", "usm_intake_oldest_seconds 90", "usm_mails_waiting 5", "usm_dead_letters_waiting 4",
			"usm_actions_unheard 6", "usm_actions_unheard_oldest_seconds 8",
			"usm_scrape_errors_total 0", `usm_part_ready{part="postgres"} 1`,
		} {
			require.Contains(t, metrics, line+"\n")
		}
	})

	t.Run("MailsWaitOnPurposeWithoutAMailServer", func(t *testing.T) {
		t.Parallel()
		metrics := scraped(t, nil, waiting)
		require.NotContains(t, metrics, "\nusm_mails_waiting")
		require.NotContains(t, metrics, "\nusm_outbox_oldest_seconds")
		require.Contains(t, metrics, "\nusm_intake_oldest_seconds 90\n")
	})

	t.Run("AScrapeGoesOnWithoutTheRegisters", func(t *testing.T) {
		t.Parallel()
		silent := make(chan struct{})
		defer close(silent)
		for name, backlog := range map[string]func(context.Context) (usm.Backlog, error){
			"away":   func(context.Context) (usm.Backlog, error) { return usm.Backlog{}, errors.New("away") },
			"silent": func(context.Context) (usm.Backlog, error) { <-silent; return usm.Backlog{}, nil },
		} {
			began := time.Now()
			metrics := scraped(t, nil, backlog)
			require.Less(t, time.Since(began), 8*time.Second, name)
			require.NotContains(t, metrics, "\nusm_intake_pending_calls", name)
			require.Contains(t, metrics, "\nusm_scrape_errors_total 1\n", name)
		}
	})
}
