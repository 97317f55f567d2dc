package api

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/usm-works/usm/server/status"
	"github.com/usm-works/usm/usm"
)

// The media types of CloudEvents 1.0 over HTTP.
const (
	structuredEvent = "application/cloudevents+json"
	batchOfEvents   = "application/cloudevents-batch+json"
)

// signalOf reads what another system sent: a CloudEvent in structured mode (its own media type), in binary mode (ce-*
// headers, the body is the data), or any JSON.
func signalOf(name string, header http.Header, body []byte) (usm.Signal, error) {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case err == nil && mediaType == batchOfEvents:
		return usm.Signal{}, usm.Errorf(status.CodeUnsupportedMedia, "one event at a time: send each of the batch by itself")
	case err == nil && mediaType == structuredEvent:
		return structuredSignal(name, body)
	case header.Get("Ce-Id") != "" || header.Get("Ce-Specversion") != "":
		return binarySignal(name, mediaType, header, body)
	}
	payload, err := decodeJSON(body)
	if err != nil {
		return usm.Signal{}, err
	}
	if object, ok := payload.(map[string]any); ok && object["specversion"] != nil && object["id"] != nil && object["source"] != nil {
		return structuredSignal(name, body)
	}
	return usm.SignalOf(name, payload), nil
}

func decodeJSON(body []byte) (any, error) {
	var payload any
	if err := strictJSON.Unmarshal(body, &payload); err != nil {
		return nil, usm.Errorf(status.CodeMalformed, "the body is not JSON: %v", err)
	}
	return payload, nil
}

// structuredSignal reads a whole event from the body. Attributes that CloudEvents 1.0 does not define are extensions.
func structuredSignal(name string, body []byte) (usm.Signal, error) {
	payload, err := decodeJSON(body)
	if err != nil {
		return usm.Signal{}, err
	}
	event, ok := payload.(map[string]any)
	if !ok {
		return usm.Signal{}, usm.Invalid("", "a CloudEvent is a JSON object")
	}
	signal, wrong := usm.Signal{Name: name, Data: event["data"]}, &faults{}
	for attribute, value := range event {
		switch text, isText := value.(string); {
		case attribute == "data":
		case attribute == "data_base64":
			signal.Data = decodeData(wrong, value)
		case value == nil:
		case isText:
			setAttribute(&signal, wrong, attribute, text)
		case isContext(attribute):
			wrong.addf(pointer(attribute), "must be a text")
		default:
			addExtension(&signal, attribute, value)
		}
	}
	checkEvent(signal, wrong)
	return signal, wrong.err()
}

// binarySignal reads the attributes from headers (percent-encoded, CloudEvents HTTP binding §3.1.3.2) and the data from the body.
func binarySignal(name, mediaType string, header http.Header, body []byte) (usm.Signal, error) {
	signal, wrong := usm.Signal{Name: name, ContentType: header.Get("Content-Type")}, &faults{}
	for key, values := range header {
		attribute, ok := strings.CutPrefix(strings.ToLower(key), "ce-")
		if !ok || len(values) == 0 {
			continue
		}
		text, err := url.PathUnescape(values[0])
		if err != nil {
			wrong.addf(pointer(attribute), "is not percent-encoded")
		}
		setAttribute(&signal, wrong, attribute, text)
	}
	checkEvent(signal, wrong)
	if err := wrong.err(); err != nil {
		return usm.Signal{}, err
	}
	if len(body) == 0 {
		return signal, nil
	}
	if mediaType == "" || mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") {
		data, err := decodeJSON(body)
		signal.Data = data
		return signal, err
	}
	if strings.HasPrefix(mediaType, "text/") {
		signal.Data = strings.ToValidUTF8(string(body), "�")
		return signal, nil
	}
	signal.Data = base64.StdEncoding.EncodeToString(body)
	return signal, nil
}

func isContext(attribute string) bool {
	switch attribute {
	case "specversion", "id", "source", "type", "subject", "time", "datacontenttype":
		return true
	}
	return false
}

func setAttribute(signal *usm.Signal, wrong *faults, attribute, text string) {
	switch attribute {
	case "specversion":
		signal.SpecVersion = text
	case "id":
		signal.ID = text
	case "source":
		signal.Source = text
	case "type":
		signal.Type = text
	case "subject":
		signal.Subject = text
	case "datacontenttype":
		signal.ContentType = text
	case "time":
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			wrong.addf("/time", "must be an instant like 2026-11-24T09:30:00Z")
			return
		}
		signal.Time = &at
	default:
		addExtension(signal, attribute, text)
	}
}

func addExtension(signal *usm.Signal, attribute string, value any) {
	if signal.Extensions == nil {
		signal.Extensions = map[string]any{}
	}
	signal.Extensions[attribute] = value
}

// checkEvent asks for the four attributes that every CloudEvent has.
func checkEvent(signal usm.Signal, wrong *faults) {
	if signal.SpecVersion != "1.0" && !wrong.has("/specversion") {
		wrong.addf("/specversion", `must be "1.0"`)
	}
	required := []struct{ name, value string }{{"id", signal.ID}, {"source", signal.Source}, {"type", signal.Type}}
	for _, attribute := range required {
		if attribute.value == "" && !wrong.has(pointer(attribute.name)) {
			wrong.addf(pointer(attribute.name), "is required")
		}
	}
}

// decodeData reads data_base64: JSON when it is JSON, else the text as it was sent.
func decodeData(wrong *faults, value any) any {
	text, _ := value.(string)
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		wrong.addf("/data_base64", "is not base64")
		return nil
	}
	var data any
	if json.Unmarshal(raw, &data) == nil && !hasNUL(data) {
		return data
	}
	return text
}
