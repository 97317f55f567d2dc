package store

import (
	"fmt"
	"math/big"
)

// percent is part of whole in percent with so many decimals, cut and never rounded up; "" when whole is nothing.
func percent(part, whole int64, decimals int) string {
	if whole == 0 {
		return ""
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil).Int64()
	scaled := new(big.Int).Mul(big.NewInt(part), big.NewInt(100*unit)) // nanoseconds of a year do not fit into 64 bits
	share := scaled.Quo(scaled, big.NewInt(whole)).Int64()
	return fmt.Sprintf("%d.%0*d", share/unit, decimals, share%unit)
}
