package main

import (
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"os"
	"time"
)

//go:embed pages.html oidc.html
var files embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"clock": func(t time.Time) string { return t.Local().Format(time.DateTime) },
}).ParseFS(files, "*.html"))

// A page loads nothing. A message's own HTML is kept apart from everything else, and its links open in a new window.
const (
	pagePolicy    = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'"
	messagePolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)

// pages shows a mailbox: to people, and as JSON below /messages to tests.
//
//	GET    /                    the messages
//	GET    /mail/{id}           one of them; /html its HTML alone
//	GET    /messages            the same as JSON, ?to= narrows
//	GET    /messages/{id}       with header, text and html; /raw is the message as it came
//	DELETE /messages            empties the mailbox
func pages(box *mailbox) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		messages, err := box.list("")
		show(w, "list", messages, err)
	})
	mux.HandleFunc("GET /mail/{id}", func(w http.ResponseWriter, r *http.Request) {
		m, err := box.one(r.PathValue("id"))
		show(w, "message", m, err)
	})
	mux.HandleFunc("GET /mail/{id}/html", func(w http.ResponseWriter, r *http.Request) {
		m, err := box.one(r.PathValue("id"))
		send(w, "text/html; charset=utf-8", messagePolicy, []byte(`<base target="_blank">`+m.HTML), err)
	})
	mux.HandleFunc("GET /messages", func(w http.ResponseWriter, r *http.Request) {
		messages, err := box.list(r.URL.Query().Get("to"))
		answer(w, messages, err)
	})
	mux.HandleFunc("GET /messages/{id}", func(w http.ResponseWriter, r *http.Request) {
		m, err := box.one(r.PathValue("id"))
		answer(w, m, err)
	})
	mux.HandleFunc("GET /messages/{id}/raw", func(w http.ResponseWriter, r *http.Request) {
		content, err := box.raw(r.PathValue("id"))
		send(w, "text/plain; charset=utf-8", pagePolicy, content, err)
	})
	mux.HandleFunc("DELETE /messages", func(w http.ResponseWriter, _ *http.Request) { answer(w, []message{}, box.empty()) })
	return http.NewCrossOriginProtection().Handler(mux)
}

func show(w http.ResponseWriter, name string, data any, err error) {
	if refused(w, err) {
		return
	}
	head(w, "text/html; charset=utf-8", pagePolicy)
	_ = templates.ExecuteTemplate(w, name, data) // what fails is the connection
}

func answer(w http.ResponseWriter, data any, err error) {
	if refused(w, err) {
		return
	}
	head(w, "application/json", pagePolicy)
	_ = json.NewEncoder(w).Encode(data) // what fails is the connection
}

func send(w http.ResponseWriter, kind, policy string, content []byte, err error) {
	if refused(w, err) {
		return
	}
	head(w, kind, policy)
	_, _ = w.Write(content) //nolint:gosec // what fails is the connection; a message can do nothing under its policy
}

func head(w http.ResponseWriter, kind, policy string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
}

// refused answers an error and reports whether there was one.
func refused(w http.ResponseWriter, err error) bool {
	switch {
	case errors.Is(err, os.ErrNotExist):
		http.Error(w, "there is no such message", http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
	return err != nil
}
