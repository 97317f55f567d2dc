package main

import (
	"bytes"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// mailboxLimit is how many messages are kept; the oldest go first.
const mailboxLimit = 1000

// mailbox is a folder of messages, a file each, named so that they sort by when they came.
type mailbox struct {
	folder string
	mu     sync.Mutex // of writing
}

var messageID = regexp.MustCompile(`^\d{8}T\d{6}\.\d{9}Z$`)

func openMailbox(folder string) (*mailbox, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("--mail: %w", err)
	}
	return &mailbox{folder: folder}, nil
}

// keep writes a message, its envelope in fields before its own, whole or not at all.
func (b *mailbox) keep(from string, to []string, content []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now().UTC()
	path := b.path(now.Format("20060102T150405.000000000Z"))
	for _, err := os.Stat(path); err == nil; _, err = os.Stat(path) {
		now = now.Add(1)
		path = b.path(now.Format("20060102T150405.000000000Z"))
	}
	var file bytes.Buffer
	fmt.Fprintf(&file, "Return-Path: <%s>\r\n", from)
	for _, recipient := range to {
		fmt.Fprintf(&file, "Delivered-To: %s\r\n", recipient)
	}
	file.Write(content)
	if err := os.WriteFile(path+".new", file.Bytes(), 0o600); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return b.trim()
}

func (b *mailbox) path(id string) string { return filepath.Join(b.folder, id+".eml") }

// ids returns the messages, the newest first.
func (b *mailbox) ids() ([]string, error) {
	entries, err := os.ReadDir(b.folder)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, entry := range slices.Backward(entries) {
		if id, found := strings.CutSuffix(entry.Name(), ".eml"); found && messageID.MatchString(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (b *mailbox) trim() error {
	ids, err := b.ids()
	if err != nil || len(ids) <= mailboxLimit {
		return err
	}
	for _, id := range ids[mailboxLimit:] {
		if err := os.Remove(b.path(id)); err != nil {
			return err
		}
	}
	return nil
}

// raw returns a message as it is kept; os.ErrNotExist when there is none of that id.
func (b *mailbox) raw(id string) ([]byte, error) {
	if !messageID.MatchString(id) {
		return nil, os.ErrNotExist
	}
	return os.ReadFile(b.path(id))
}

// empty removes all messages.
func (b *mailbox) empty() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	ids, err := b.ids()
	for _, id := range ids {
		if err == nil {
			err = os.Remove(b.path(id))
		}
	}
	return err
}

// list returns the messages to an address, the newest first; "" is everybody.
func (b *mailbox) list(to string) ([]message, error) {
	ids, err := b.ids()
	if err != nil {
		return nil, err
	}
	messages := []message{}
	for _, id := range ids {
		content, err := b.raw(id)
		if os.IsNotExist(err) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		m := read(id, content, false)
		if to == "" || slices.ContainsFunc(m.To, func(a string) bool { return strings.EqualFold(a, to) }) {
			messages = append(messages, m)
		}
	}
	return messages, nil
}

// one returns a message with its parts.
func (b *mailbox) one(id string) (message, error) {
	content, err := b.raw(id)
	if err != nil {
		return message{}, err
	}
	return read(id, content, true), nil
}

// parse splits a message into head and body; one that is no message is all body.
func parse(content []byte) (mail.Header, []byte) {
	parsed, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return mail.Header{}, content
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(parsed.Body); err != nil {
		return mail.Header{}, content
	}
	return parsed.Header, body.Bytes()
}
