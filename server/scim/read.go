package scim

import (
	"encoding/json"
	"io"
	"mime"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

// read returns the body of a request whose schemas name the given one. Names in it are in lower case, those of path-like keys too.
func read(c *gin.Context, schema string) (object, error) {
	if sent := c.GetHeader("Content-Type"); sent != "" {
		media, _, err := mime.ParseMediaType(sent)
		if err != nil || media != ContentType && media != "application/json" {
			return nil, usm.Errorf(status.CodeUnsupportedMedia, "send %s, not %s", ContentType, sent)
		}
	}
	raw, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return nil, usm.Errorf(status.CodeRequestTimeout, "the body did not arrive: %v", err)
	}
	var parsed any
	if err := json.Unmarshal(raw, &parsed); err != nil {
		return nil, usm.Errorf(codeInvalidSyntax, "the body is not JSON: %v", err)
	}
	if parsed, err = lower(parsed); err != nil {
		return nil, err
	}
	body, ok := parsed.(object)
	if !ok {
		return nil, usm.Errorf(codeInvalidSyntax, "the body is not a JSON object")
	}
	named, err := texts(body["schemas"])
	if err != nil || !slices.ContainsFunc(named, func(one string) bool { return strings.EqualFold(one, schema) }) {
		return nil, usm.Errorf(codeInvalidSyntax, "schemas has to name %s", schema)
	}
	return body, nil
}

// lower writes the names of objects in lower case. It refuses two that are the same but for that, and the character NUL, which
// the registers cannot keep.
func lower(value any) (any, error) {
	switch value := value.(type) {
	case string:
		if strings.ContainsRune(value, 0) {
			return nil, usm.Errorf(codeInvalidValue, "a text contains the character NUL")
		}
	case []any:
		for i, item := range value {
			read, err := lower(item)
			if err != nil {
				return nil, err
			}
			value[i] = read
		}
	case object:
		lowered := make(object, len(value))
		for name, item := range value {
			read, err := lower(item)
			if err != nil {
				return nil, err
			}
			key := strings.ToLower(name)
			if _, twice := lowered[key]; twice {
				return nil, usm.Errorf(codeInvalidSyntax, "the name %q is there twice", key)
			}
			lowered[key] = read
		}
		return lowered, nil
	}
	return value, nil
}

// text is a value that has to be a text; null is "".
func text(name string, value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	}
	return "", usm.Errorf(codeInvalidValue, "%s is a text", name)
}

// truth is a value that has to be true or false; big clients send it as a text, too.
func truth(name string, value any) (bool, error) {
	switch value := value.(type) {
	case bool:
		return value, nil
	case string:
		switch strings.ToLower(value) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	}
	return false, usm.Errorf(codeInvalidValue, "%s is true or false", name)
}

// texts is a value that has to be a list of texts; nothing is none.
func texts(value any) ([]string, error) {
	if value == nil {
		return nil, nil
	}
	list, ok := value.([]any)
	if !ok {
		return nil, usm.Errorf(codeInvalidSyntax, "a list of texts is needed")
	}
	all := make([]string, len(list))
	for i, item := range list {
		if all[i], ok = item.(string); !ok {
			return nil, usm.Errorf(codeInvalidSyntax, "a list of texts is needed")
		}
	}
	return all, nil
}

// whole is a value that has to be a whole number; nothing is what it is without.
func whole(name string, value any, without int) (int, error) {
	if value == nil {
		return without, nil
	}
	number, ok := value.(float64)
	if !ok || number != float64(int32(number)) {
		return 0, usm.Errorf(codeInvalidValue, "%s is a whole number", name)
	}
	return int(number), nil
}
