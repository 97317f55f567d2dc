package client

import (
	"net/url"
	"strings"
)

// nextCursor returns the cursor of the page that a Link header (RFC 8288) calls next, "" when there is none.
func nextCursor(links []string) string {
	for _, header := range links {
		for link := range strings.SplitSeq(header, ",") {
			target, parameters, _ := strings.Cut(link, ";")
			if !strings.Contains(parameters, `rel="next"`) {
				continue
			}
			address, err := url.Parse(strings.Trim(strings.TrimSpace(target), "<>"))
			if err == nil {
				return address.Query().Get("cursor")
			}
		}
	}
	return ""
}
