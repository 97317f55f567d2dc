package store

import (
	"encoding/base64"
	"encoding/json"
	"strconv"

	"github.com/usm-works/usm/usm"
)

// The length of a page when none is asked for, and at most.
const (
	usualPage   = 50
	longestPage = 200
)

// limit is the length of a page.
func limit(p usm.Page) int {
	if p.Limit <= 0 {
		return usualPage
	}
	return min(p.Limit, longestPage)
}

// cut takes off the row that was read only to know whether there are more.
func cut[T any](rows []T, p usm.Page) (page []T, more bool) {
	if len(rows) > limit(p) {
		return rows[:limit(p)], true
	}
	return rows, false
}

// writeCursor makes a cursor from the sort key of the last row of a page. Callers treat it as opaque.
func writeCursor(key ...string) string {
	raw, _ := json.Marshal(key) //nolint:errchkjson // texts always encode
	return base64.RawURLEncoding.EncodeToString(raw)
}

// readCursor returns the sort key, which has so many parts.
func readCursor(cursor string, parts int) (key []string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(raw, &key) != nil || len(key) != parts {
		return nil, badCursor()
	}
	return key, nil
}

// readPlace is readCursor for lists sorted by a number; "" is before the first.
func readPlace(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	key, err := readCursor(cursor, 1)
	if err != nil {
		return 0, err
	}
	place, err := strconv.ParseInt(key[0], 10, 64)
	if err != nil {
		return 0, badCursor()
	}
	return place, nil
}

// writePlace is the inverse of readPlace.
func writePlace(place int64) string { return writeCursor(strconv.FormatInt(place, 10)) }

func badCursor() error {
	return usm.Invalid("/cursor", "is not a cursor of this list")
}
