package server

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are what a gateway measures about itself, served at /metrics.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	pending  prometheus.Gauge
	started  prometheus.Counter
	signIns  *prometheus.CounterVec

	mailsSent    prometheus.Counter
	mailsFailed  *prometheus.CounterVec
	mailsWaiting prometheus.Gauge
}

// NewMetrics returns metrics in a registry of their own, the Go runtime's included.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usm_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "usm_http_request_duration_seconds", Help: "Time to answer, by route and method.",
			Buckets: []float64{.002, .005, .01, .02, .03, .05, .075, .1, .2, .5, 1, 2, 5, 10, 30},
		}, []string{"route", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "usm_http_requests_in_flight", Help: "Requests being answered now, streams included.",
		}),
		pending: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "usm_intake_pending_calls", Help: "Calls taken in that this gateway last found waiting for the engine (at most one batch).",
		}),
		started: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "usm_intake_started_late_total", Help: "Calls that were started after they had waited for the engine.",
		}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usm_sign_ins_total", Help: "Ends of sign-ins: signed_in, cancelled, again, refused, away; and signed_out, terminal.",
		}, []string{"result"}),
		mailsSent: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "usm_mails_sent_total", Help: "Mails that the mail server took from this gateway.",
		}),
		mailsFailed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usm_mails_failed_total", Help: "Tries of this gateway that sent no mail, by whether the mail is left or tried again.",
		}, []string{"left"}),
		mailsWaiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "usm_mails_waiting", Help: "Mails still to be sent when this gateway looked last, of all gateways together.",
		}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.inFlight, m.pending, m.started, m.signIns,
		m.mailsSent, m.mailsFailed, m.mailsWaiting,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registerer lets other parts of the same process (the Temporal client) add what they measure.
func (m *Metrics) Registerer() prometheus.Registerer { return m.registry }

func (m *Metrics) observe(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(route, method).Observe(took.Seconds())
}
