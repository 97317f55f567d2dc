package telemetry

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
)

// labels are those of the metrics of Temporal's client that differ within one process: each metric has all of them, and Prometheus
// takes an empty one for none.
var labels = []string{
	"task_queue", "workflow_type", "activity_type", "worker_type", "poller_type", "operation", "failure_reason", "status_code", "cause",
}

// latencies fit what people wait for as well as what has waited for a worker.
var latencies = []float64{.005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60, 300}

// TemporalMetrics gives what Temporal's client and workers measure to Prometheus, under the names that Temporal documents for it: a
// counter ends with _total and a timer with _seconds.
func TemporalMetrics(registry prometheus.Registerer) client.MetricsHandler {
	return sdkMetrics{known: &known{registry: registry}, values: make([]string, len(labels))}
}

// known are the metrics that there are by now.
type known struct {
	registry prometheus.Registerer
	metrics  sync.Map // by name
}

// vector returns the metric of a name, made and registered once.
func vector[V prometheus.Collector](k *known, name string, fresh func() V) V {
	if found, ok := k.metrics.Load(name); ok {
		return found.(V) //nolint:errcheck,forcetypeassert // a name is of one kind: it ends with it
	}
	kept, there := k.metrics.LoadOrStore(name, fresh())
	if v := kept.(V); !there { //nolint:errcheck,forcetypeassert // see above
		k.registry.MustRegister(v)
	}
	return kept.(V) //nolint:errcheck,forcetypeassert // see above
}

// sdkMetrics is a handler whose metrics have these values of the labels.
type sdkMetrics struct {
	*known
	values []string
}

// WithTags returns one with more of them. Tags that are the same for all of a process are left out.
func (m sdkMetrics) WithTags(tags map[string]string) client.MetricsHandler {
	values := slices.Clone(m.values)
	for i, label := range labels {
		if value, ok := tags[label]; ok {
			if values[i] = value; value == "none" {
				values[i] = ""
			}
		}
	}
	return sdkMetrics{m.known, values}
}

// Counter returns the counter of a name.
func (m sdkMetrics) Counter(name string) client.MetricsCounter {
	name = strings.TrimSuffix(name, "_total") + "_total"
	v := vector(m.known, name, func() *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help(name)}, labels)
	}).WithLabelValues(m.values...)
	return counter{v}
}

// Gauge returns the gauge of a name.
func (m sdkMetrics) Gauge(name string) client.MetricsGauge {
	v := vector(m.known, name, func() *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help(name)}, labels)
	}).WithLabelValues(m.values...)
	return gauge{v}
}

// Timer returns the timer of a name.
func (m sdkMetrics) Timer(name string) client.MetricsTimer {
	name += "_seconds"
	v := vector(m.known, name, func() *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help(name), Buckets: latencies}, labels)
	}).WithLabelValues(m.values...)
	return timer{v}
}

func help(name string) string {
	return "Of Temporal's client: " + strings.ReplaceAll(strings.TrimPrefix(name, "temporal_"), "_", " ") + "."
}

type (
	counter struct{ of prometheus.Counter }
	gauge   struct{ of prometheus.Gauge }
	timer   struct{ of prometheus.Observer }
)

// Inc counts.
func (c counter) Inc(by int64) { c.of.Add(float64(by)) }

// Update sets.
func (g gauge) Update(to float64) { g.of.Set(to) }

// Record measures.
func (t timer) Record(took time.Duration) { t.of.Observe(took.Seconds()) }
