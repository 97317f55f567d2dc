package approval

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/usm-works/usm/usm"
)

// Digest is sha256 of the content in canonical JSON (RFC 8785), "sha256:<hex>".
func Digest(content map[string]any) string { return digest(content) }

// Canonical is the content in canonical JSON, of which Digest is the digest.
func Canonical(content map[string]any) string { return string(canonical(nil, content)) }

func digest(value any) string {
	sum := sha256.Sum256(canonical(nil, value))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// material is the digest of what the policy calls material: all of the content, or the values at its pointers.
func material(policy usm.ApprovalPolicy, content map[string]any) string {
	if len(policy.Material) == 0 {
		return digest(content)
	}
	named := map[string]any{}
	for _, pointer := range policy.Material {
		if value, ok := at(content, pointer); ok {
			named[pointer] = value
		}
	}
	return digest(named)
}

// canonical appends a value as canonical JSON: no white space, the members of objects in the order of their names as UTF-16,
// numbers and texts as ECMAScript writes them. A number that JSON does not have is null.
func canonical(to []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(to, "null"...)
	case bool:
		return strconv.AppendBool(to, v)
	case float64:
		return number(to, v)
	case string:
		return quoted(to, v)
	case []any:
		to = append(to, '[')
		for i, item := range v {
			if i > 0 {
				to = append(to, ',')
			}
			to = canonical(to, item)
		}
		return append(to, ']')
	case map[string]any:
		to = append(to, '{')
		for i, name := range slices.SortedFunc(maps.Keys(v), compareUTF16) {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(quoted(to, name), ':')
			to = canonical(to, v[name])
		}
		return append(to, '}')
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return number(to, f)
		}
		return append(to, "null"...)
	}
	return canonical(to, plain(value)) // of another Go type, which JSON turns into one of these
}

// number appends a number as Number.prototype.toString does: the fewest digits that mean it, and an exponent from 1e21 and
// below 1e-6.
func number(to []byte, f float64) []byte {
	size := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return append(to, "null"...)
	case size == 0:
		return append(to, '0') // also of the negative one
	case size >= 1e-6 && size < 1e21:
		return strconv.AppendFloat(to, f, 'f', -1, 64)
	}
	to = strconv.AppendFloat(to, f, 'e', -1, 64)
	if n := len(to); to[n-2] == '0' && (to[n-3] == '-' || to[n-3] == '+') { // e-07 is e-7
		to = append(to[:n-2], to[n-1])
	}
	return to
}

// quoted appends a text as JSON.stringify does: only what must be escaped is. What is no UTF-8 is written as U+FFFD.
func quoted(to []byte, s string) []byte {
	to = append(to, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			to = append(to, '\\', byte(r))
		case r == '\b':
			to = append(to, `\b`...)
		case r == '\t':
			to = append(to, `\t`...)
		case r == '\n':
			to = append(to, `\n`...)
		case r == '\f':
			to = append(to, `\f`...)
		case r == '\r':
			to = append(to, `\r`...)
		case r < ' ':
			to = fmt.Appendf(to, `\u%04x`, r)
		default:
			to = utf8.AppendRune(to, r)
		}
	}
	return append(to, '"')
}

// compareUTF16 orders texts by their UTF-16 code units, which differs from the order of bytes beyond U+FFFF.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}
