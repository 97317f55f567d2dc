package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// probeWithin is how long a probe waits: a little more than the answer of /readyz takes at most.
const probeWithin = 4 * time.Second

func (a *app) probeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "probe URL",
		Short: "Ask a part whether it is well: exit code 0 when the URL answers 2xx. For images without a shell",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return probe(cmd.Context(), args[0])
		},
	}
}

func probe(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return usagef("%v", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return &unreachableError{address, err}
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	if answer.StatusCode/100 == 2 {
		return nil
	}
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if err != nil {
		return &unreachableError{address, err}
	}
	return fmt.Errorf("%s says %s: %s", address, answer.Status, strings.TrimSpace(string(said)))
}
