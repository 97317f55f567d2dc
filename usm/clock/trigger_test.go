package clock

import (
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTriggers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text         string
		target, want time.Duration
	}{
		"AShare":                               {"75%", 8 * time.Hour, 6 * time.Hour},
		"AShareWithDecimals":                   {"12.5%", 8 * time.Hour, time.Hour},
		"TheWholeTarget":                       {"100%", 8 * time.Hour, 8 * time.Hour},
		"ASmallShare":                          {"0.0001%", 1_000_000 * time.Second, time.Second},
		"AShareIsNeverRoundedToEarly":          {"99.9999%", 3, 3},
		"AShareOfTheLongestTarget":             {"75%", longest, longest / 4 * 3},
		"TimeBeforeTheDueMoment":               {"30m", 8 * time.Hour, 7*time.Hour + 30*time.Minute},
		"TimeBeforeTheDueMomentWithItsSign":    {"-30m", 8 * time.Hour, 7*time.Hour + 30*time.Minute},
		"NotBeforeTheStart":                    {"-9h", 8 * time.Hour, 0},
		"TimeAfterTheDueMoment":                {"+2h", 8 * time.Hour, 10 * time.Hour},
		"TheLongestAfterTheLongest":            {"+87660h", longest, 2 * longest},
		"TheDueMoment":                         {"due", 8 * time.Hour, 8 * time.Hour},
		"NothingIsTheDueMoment":                {"", 8 * time.Hour, 8 * time.Hour},
		"NoTimeBeforeTheDueMomentIsTheSame":    {"0s", 8 * time.Hour, 8 * time.Hour},
		"AShareOfATargetThatDoesNotDivideByIt": {"33.3333%", 3 * time.Hour, 3599996400 * time.Microsecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trigger, err := ParseTrigger(tt.text)
			require.NoError(t, err)
			require.Equal(t, tt.want, trigger.After(tt.target))
		})
	}
}

func TestParseTriggerRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, detail string }{
		"NoShare":            {"0%", "is not a share of more than 0% and at most 100%"},
		"MoreThanTheTarget":  {"100.01%", "is not a share of more than"},
		"ANegativeShare":     {"-75%", "is neither a share"},
		"AShareTooFine":      {"75.00001%", "is neither a share"},
		"AShareWithoutAZero": {".5%", "is neither a share"},
		"ANumber":            {"75", "is neither a share"},
		"AWord":              {"soon", "is neither a share"},
		"AbsurdTimeBefore":   {"87661h", "is longer than ten years"},
		"AbsurdTimeAfter":    {"+87661h", "is longer than ten years"},
		"TwoSigns":           {"--30m", "is neither a share"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseTrigger(tt.text)
			requireInvalid(t, err, tt.detail)
		})
	}
}

// TestAShareIsExact compares with whole numbers of arbitrary size: what is left of a target is rounded down.
func TestAShareIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		trigger := Trigger{short: rapid.Int64Range(0, 999_999).Draw(r, "short")}
		target := time.Duration(rapid.Int64Range(1, int64(longest)).Draw(r, "target"))
		left := new(big.Int).Mul(big.NewInt(int64(target)), big.NewInt(trigger.short))
		left.Div(left, big.NewInt(1_000_000))
		require.Equal(r, int64(target)-left.Int64(), int64(trigger.After(target)))
		require.Positive(r, trigger.After(target))
	})
}
