package server

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are what a gateway measures about itself, served at /metrics.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight *prometheus.GaugeVec
	running  *prometheus.GaugeVec
	limit    *prometheus.GaugeVec
	shed     *prometheus.CounterVec
	started  prometheus.Counter
	signIns  *prometheus.CounterVec

	mailsSent   prometheus.Counter
	mailsFailed *prometheus.CounterVec
}

// NewMetrics returns metrics that are in a registry, with what it has from others.
func NewMetrics(registry *prometheus.Registry) *Metrics {
	m := &Metrics{
		registry: registry,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usm_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "usm_http_request_duration_seconds", Help: "Time to answer, by route and method.",
			Buckets: []float64{.002, .005, .01, .02, .03, .05, .075, .1, .2, .5, 1, 2, 5, 10, 30},
		}, []string{"route", "method"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "usm_http_requests_in_flight", Help: "Requests being answered now, by route, streams included.",
		}, []string{"route"}),
		running: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "usm_http_places_taken", Help: "Requests that have a place now, by kind: reads or changes.",
		}, []string{"kind"}),
		limit: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "usm_http_places", Help: "How many requests have a place at a time, by kind.",
		}, []string{"kind"}),
		shed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usm_http_requests_shed_total", Help: "Requests refused because no place was free, by kind.",
		}, []string{"kind"}),
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
	}
	m.registry.MustRegister(m.requests, m.duration, m.inFlight, m.running, m.limit, m.shed, m.started, m.signIns,
		m.mailsSent, m.mailsFailed)
	for _, kind := range []string{reads, changes} { // what has not happened yet is 0
		m.shed.WithLabelValues(kind)
	}
	for _, result := range []string{"signed_in", "cancelled", "again", "refused", "away", "signed_out", "terminal"} {
		m.signIns.WithLabelValues(result)
	}
	for _, left := range []bool{false, true} {
		m.mailsFailed.WithLabelValues(strconv.FormatBool(left))
	}
	return m
}

func (m *Metrics) observe(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(route, method).Observe(took.Seconds())
}
