package console

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSeeLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"//evil", "https://evil", "http:evil", `/\evil`, `\\evil`, "/\r\nSet-Cookie: a=b", "/\t/evil", "evil", "",
		"javascript:alert(1)", "///evil", "/a\\b",
	} {
		require.Equal(t, "/", see(address).See, "%q", address)
	}
	for _, address := range []string{"/", "/work?said=claimed", "/calls/INC-000001#field"} {
		require.Equal(t, address, see(address).See)
	}
}
