package console

import (
	"testing"

	"github.com/usm-works/usm/test/product"
)

func TestMain(m *testing.M) { product.Main(m) }
