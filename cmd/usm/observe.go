package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel/trace"

	"github.com/usm-works/usm/telemetry"
)

// observed is what one process tells of itself.
type observed struct {
	logger   *slog.Logger
	registry *prometheus.Registry // of its metrics
	tracer   trace.Tracer         // nil makes no traces
	stop     func()               // sends what is left of them
}

// unobserved tells nothing.
func unobserved() *observed {
	return &observed{logger: slog.New(slog.DiscardHandler), registry: prometheus.NewRegistry(), stop: func() {}}
}

// tracesStop is how long the last traces may take on their way.
const tracesStop = 5 * time.Second

// observe has a process tell of itself: metrics always, traces when an OTLP receiver is named.
func (a *app) observe(ctx context.Context, name string, logger *slog.Logger) (*observed, error) {
	o := unobserved()
	o.logger = logger
	o.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if !a.traces() {
		return o, nil
	}
	tracer, stop, err := telemetry.StartTraces(ctx, name, version(), logger)
	if err != nil {
		return nil, fmt.Errorf("OTEL_*: %w", err)
	}
	o.tracer = tracer
	o.stop = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tracesStop)
		defer cancel()
		if err := stop(ctx); err != nil {
			logger.WarnContext(ctx, "the last spans cannot be sent", "error", err)
		}
	}
	return o, nil
}

// traces reports whether an OTLP receiver is named, and nobody has turned traces off.
func (a *app) traces() bool {
	off, _ := strconv.ParseBool(a.getenv("OTEL_SDK_DISABLED"))
	return !off && a.getenv("OTEL_TRACES_EXPORTER") != "none" &&
		(a.getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || a.getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != "")
}

type otelVariable struct {
	variable string
	check    func(value string) error
}

// otel are the variables of OpenTelemetry that decide whether traces arrive. Its library takes a wrong one for its default.
var otel = []otelVariable{
	{"OTEL_EXPORTER_OTLP_ENDPOINT", webAddress},
	{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", webAddress},
	{"OTEL_EXPORTER_OTLP_PROTOCOL", oneOf("http/protobuf")},
	{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", oneOf("http/protobuf")},
	{"OTEL_SDK_DISABLED", readBy(strconv.ParseBool)},
	{"OTEL_TRACES_EXPORTER", oneOf("otlp", "none")},
	{"OTEL_TRACES_SAMPLER", oneOf("always_on", "always_off", "traceidratio",
		"parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio")},
	{"OTEL_TRACES_SAMPLER_ARG", readBy(parseShare)},
}

// otelProblems are what is wrong with those variables, for a part that makes traces.
func otelProblems(cmd *cobra.Command, environ func() []string) (wrong configError) {
	if _, part := cmd.Annotations[usesSetting+"log-level"]; !part {
		return nil
	}
	for _, row := range otel {
		for _, variable := range environ() {
			value, is := strings.CutPrefix(variable, row.variable+"=")
			if !is || value == "" {
				continue
			}
			if err := row.check(value); err != nil {
				wrong = append(wrong, row.variable+": "+err.Error())
			}
		}
	}
	return wrong
}

// parseShare reads a part of all.
func parseShare(value string) (float64, error) {
	share, err := strconv.ParseFloat(value, 64)
	if err != nil || !(share >= 0 && share <= 1) {
		return 0, fmt.Errorf("%q is no number from 0 to 1", value)
	}
	return share, nil
}
