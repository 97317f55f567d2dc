package activities

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckAddress(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"Private10":            "10.1.2.3:80",
		"Private172":           "172.16.0.1:80",
		"Private192":           "192.168.1.1:80",
		"Loopback":             "127.0.0.1:80",
		"Loopback6":            "[::1]:80",
		"Metadata":             "169.254.169.254:80",
		"MetadataMapped":       "[::ffff:169.254.169.254]:80",
		"PrivateMapped":        "[::ffff:10.0.0.1]:443",
		"NAT64OfPrivate":       "[64:ff9b::a00:1]:80",
		"NAT64OfMetadata":      "[64:ff9b::a9fe:a9fe]:80",
		"LocalNAT64":           "[64:ff9b:1::a00:1]:80",
		"SixToFourOfPrivate":   "[2002:a00:1::]:80",
		"Teredo":               "[2001:0:a00:1::1]:80",
		"UniqueLocal":          "[fd00::1]:80",
		"LinkLocal6":           "[fe80::1]:80",
		"LinkLocal6WithZone":   "[fe80::1%eth0]:80",
		"Shared":               "100.64.0.1:80",
		"ThisNetwork":          "0.0.0.0:80",
		"Unspecified6":         "[::]:80",
		"Multicast":            "224.0.0.1:80",
		"Broadcast":            "255.255.255.255:80",
		"Benchmarking":         "198.18.0.1:80",
		"Documentation6":       "[2001:db8::1]:80",
		"Reserved":             "240.0.0.1:80",
		"AddressThatIsNone":    "localhost:80",
		"AddressWithoutAPort":  "93.184.216.34",
		"CompatibleOfLoopback": "[::127.0.0.1]:80",
	} {
		t.Run("Refuses"+name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, checkAddress(address, nil), errForbiddenAddress)
		})
	}

	t.Run("LetsPublicAddressesThrough", func(t *testing.T) {
		t.Parallel()
		for _, address := range []string{"93.184.216.34:443", "[2606:2800:220:1::1]:443", "[::ffff:93.184.216.34]:443"} {
			require.NoError(t, checkAddress(address, nil))
		}
	})

	t.Run("AnAllowedPrefixOpensItselfOnly", func(t *testing.T) {
		t.Parallel()
		allowed := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
		require.NoError(t, checkAddress("10.1.2.3:80", allowed))
		require.NoError(t, checkAddress("[::ffff:10.1.2.3]:80", allowed))
		require.Error(t, checkAddress("10.2.0.1:80", allowed))
		require.Error(t, checkAddress("169.254.169.254:80", allowed))
	})
}
