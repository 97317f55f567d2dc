package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
	"time"
)

// message is a mail as it is shown. Header, Text and HTML are only there when one message is asked for.
type message struct {
	ID       string              `json:"id"`
	From     string              `json:"from"` // of the envelope
	To       []string            `json:"to"`   // of the envelope
	Subject  string              `json:"subject"`
	Received time.Time           `json:"received"`
	Size     int                 `json:"size"`
	Header   map[string][]string `json:"header,omitempty"`
	Text     string              `json:"text,omitempty"`
	HTML     string              `json:"html,omitempty"`
}

// read makes a message of what is kept.
func read(id string, content []byte, whole bool) message {
	header, body := parse(content)
	received, _ := time.Parse("20060102T150405.000000000Z", id) // ids are matched before
	m := message{
		ID: id, From: strings.Trim(header.Get("Return-Path"), "<>"), To: header["Delivered-To"],
		Subject: decode(header.Get("Subject")), Received: received, Size: len(content),
	}
	if m.To == nil {
		m.To = []string{}
	}
	if !whole {
		return m
	}
	m.Header = map[string][]string{}
	for name, values := range header {
		for _, value := range values {
			m.Header[name] = append(m.Header[name], decode(value))
		}
	}
	m.take(textproto.MIMEHeader(header), body)
	return m
}

// take adds a part: the first text and the first HTML are those that are shown.
func (m *message) take(header textproto.MIMEHeader, body []byte) {
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return // the end, or what cannot be read: the raw message shows it
			}
			content, err := io.ReadAll(part)
			if err != nil {
				return
			}
			m.take(part.Header, content)
		}
	}
	switch {
	case kind == "text/plain" && m.Text == "":
		m.Text = string(plain(header.Get("Content-Transfer-Encoding"), body))
	case kind == "text/html" && m.HTML == "":
		m.HTML = string(plain(header.Get("Content-Transfer-Encoding"), body))
	}
}

// plain undoes an encoding for transfer; what cannot be undone is shown as it is.
func plain(encoding string, body []byte) []byte {
	var decoded []byte
	var err error
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		decoded, err = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	case "base64":
		decoded, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body)))
	default:
		err = errors.New("nothing to undo")
	}
	if err != nil {
		return body
	}
	return decoded
}

// decode makes an encoded header readable.
func decode(value string) string {
	decoded, err := new(mime.WordDecoder).DecodeHeader(value)
	if err != nil {
		return value
	}
	return decoded
}
