package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/usm"
)

// TestByKeyboardAlone is what the story of a call leaves out; it is told without a mouse in two domains.
func TestByKeyboardAlone(t *testing.T) {
	t.Parallel()
	w := approving(t)
	b := w.window(t, chromium(t), "farah").alone()
	t.Run("WhatLiesOverAPageGoesWithEscape", func(t *testing.T) { b.as(t).escapes() })
	t.Run("TheContentIsOnePressAway", func(t *testing.T) { b.as(t).skips() })
	t.Run("TheListOfMyWorkHasKeys", func(t *testing.T) { b.as(t).worksByKeys() })
	t.Run("ARegisterIsNarrowedAndKept", func(t *testing.T) { b.as(t).narrows() })
	t.Run("WhoReadsStaysWhereHeIsWhenAPartIsReplaced", func(t *testing.T) { b.as(t).staysInPlace() })
	t.Run("AnOutcomeIsChosenKeyByKey", func(t *testing.T) { b.as(t).choosesAnOutcome() })
	t.Run("SeveralApprovalsAreDecidedAtOnce", func(t *testing.T) { b.as(t).decidesByKeys() })
	t.Run("SomebodyIsAbsentAndBackAgain", func(t *testing.T) { b.as(t).absentByKeys() })
	t.Run("EveryControlOfEveryPageIsReachedAndSeen", func(t *testing.T) { b.as(t).sweeps() })
}

// as is the same window in another test.
func (b *browser) as(t *testing.T) *browser { //nolint:thelper // it is what the test is about
	return &browser{t: t, w: b.w, ctx: b.ctx, hand: b.hand}
}

func (b *browser) escapes() {
	const line = `.term:focus [role="tooltip"]`
	b.open("/style")
	keys{}.reach(b, ".term")
	require.True(b.t, b.is(line, "checkVisibility()"), "it shows on focus")
	b.strike(kb.Escape)
	require.False(b.t, b.is(line, "checkVisibility()"))
	require.True(b.t, b.is(".term", "matches(':focus')"), "the focus stays")
	b.tab(false)
	b.tab(true)
	require.True(b.t, b.is(line, "checkVisibility()"), "it comes again")

	b.open("/work").click(".preferences summary")
	require.True(b.t, b.is(".preferences", "open"))
	keys{}.reach(b, `.preferences select[name="theme"]`)
	b.strike(kb.Escape)
	require.False(b.t, b.is(".preferences", "open"))
	require.True(b.t, b.is(".preferences summary", "matches(':focus')"))
	b.click(".preferences summary")
	keys{}.reach(b, "main button")
	require.False(b.t, b.is(".preferences", "open"), "it covers nothing that has the focus")
	b.open("/work").click(".preferences summary").choose(`select[name="keys"]`, "off").click(".preferences button")
	b.sees("html[data-keys=off] h1", "My work").strike("/")
	require.False(b.t, b.is("#find", "matches(':focus')"), "who wants no keys has none")
	b.click(".preferences summary").choose(`select[name="keys"]`, "").click(".preferences button").sees(`html[data-keys=""] h1`, "My work")
	b.phone().open("/work").click(".menu summary").click(`.menu a[href="/asked"]`).sees("h1", "What I asked for")
	b.desktop()
}

func (b *browser) skips() {
	b.open("/work").tab(false)
	require.True(b.t, b.is(".skip", "matches(':focus')"))
	require.Empty(b.t, b.unseen())
	b.strike(kb.Enter).tab(false)
	require.True(b.t, b.is("main", "contains(document.activeElement)"), b.focused())
}

func (b *browser) worksByKeys() {
	first, second := b.w.incident(b.t), b.w.incident(b.t)
	b.open("/work").sees("html[data-live=on] #work", second.Number)
	b.strike("j")
	require.Contains(b.t, b.focused(), "/calls/")
	top := b.focused()
	b.strike("j")
	require.NotEqual(b.t, top, b.focused())
	require.Empty(b.t, b.unseen())
	b.strike("k")
	require.Equal(b.t, top, b.focused())
	for _, call := range []usm.CallView{first, second} {
		b.hand.tick(b, `input[value="`+call.Number+`"]`, true)
		b.strike("j") // goes on from where it is
		require.Contains(b.t, b.focused(), "/calls/")
	}
	b.click(`#work button[value="claim"]`).sees(".said", "yours now")
	for _, call := range []usm.CallView{first, second} {
		now, err := b.w.As("farah").Call(b.t.Context(), call.Number)
		require.NoError(b.t, err)
		require.Equal(b.t, "farah", now.WaitingFor.Claimed)
	}
	b.choose(`select[name="process"]`, "recover")
	b.hand.tick(b, `input[name="claimed"]`, true)
	b.turns(".filters button").sees("#work", first.Number)
	b.strike("j", kb.Enter).sees("#call-step h2", "Accept")
	b.strike("/", second.Number, kb.Enter).sees("#call-head", second.Number)
}

func (b *browser) narrows() {
	first := b.w.incident(b.t)
	b.open("/registers/incidents").choose(`main select[name="service"]`, "mail").click(".columns-choice summary")
	b.hand.tick(b, `input[value="requester"]`, false)
	b.hand.tick(b, `input[value="urgency"]`, true)
	b.click("main .filters button.primary").sees("#register thead", "Urgency").sees("#register", first.Number)
	require.NotContains(b.t, b.text("#register thead"), "Requester")
	b.click(".saved summary").fill(`#keep input[name="name"]`, "Mail").click("#keep button").sees(".said", "kept")
	b.click(".saved li button").sees(".said", "gone")
	b.strike("j", kb.Enter).sees("#call-head", "INC-")
}

func (b *browser) staysInPlace() {
	first := b.w.incident(b.t)
	b.open("/work").sees("html[data-live=on] #work", first.Number)
	keys{}.reach(b, `#work a[href="/calls/`+first.Number+`"]`)
	held := b.focused()
	later := b.w.incident(b.t)
	b.sees("#work", later.Number)
	require.Equal(b.t, held, b.focused())
}

func (b *browser) choosesAnOutcome() {
	call, who := b.w.drivenTo(b.t, b.w.incident(b.t), usm.PrepareRecovery)
	require.NotEqual(b.t, "farah", who)
	other := b.opens(who, "/calls/"+call.Number).sees("html[data-live=on] #finish", "")
	keys{}.reach(other, "#outcome")
	for range 3 { // each of them brings the form anew
		other.strike(kb.ArrowDown)
	}
	last := call.Step.Outcomes()[2]
	other.sees(`#outcome option[selected][value="`+string(last)+`"]`, "")
	require.True(b.t, other.is("#outcome", "matches(':focus')"))
	require.Contains(b.t, other.at(), "/calls/"+call.Number)
	require.NotContains(b.t, other.at(), "/steps/")
	other.fill("#note", "Half a sen")
	_, err := b.w.As("olga").Note(b.t.Context(), call.Number, "By the way")
	require.NoError(b.t, err)
	other.sees("#call-talk", "By the way")
	require.True(b.t, other.is("#note", `value === "Half a sen"`), "what is typed stays")
	require.True(b.t, other.is("#outcome", `value === "`+string(last)+`"`))
}

// opens is another window of the same browser, of somebody else.
func (b *browser) opens(person, path string) *browser {
	b.t.Helper()
	return b.w.window(b.t, b.ctx, person).alone().open(path)
}

func (b *browser) decidesByKeys() {
	first, second := b.w.planned(b.t, "network", "A new router"), b.w.planned(b.t, "network", "A new switch")
	sven := b.opens("sven", "/approvals").sees("#approvals", "A new router").sees("#approvals", "A new switch")
	ids := []string{first.WaitingFor.Approval, second.WaitingFor.Approval}
	for _, id := range ids {
		sven.hand.tick(sven, `input[value="`+id+`"]`, true)
	}
	sven.hand.tick(sven, `input[name="decision"][value="reject"]`, true)
	sven.fill(`#approvals textarea[name="reason"]`, "Too dear").click("#approvals fieldset button").sees(".said", "on record")
	for _, id := range ids {
		given := b.w.ballots(b.t, id)
		require.Len(b.t, given, 1)
		require.Equal(b.t, "Too dear", given[0].Reason)
	}
}

func (b *browser) absentByKeys() {
	const until = `#absence input[name="until"]`
	tamara, then := b.opens("tamara", "/absence"), time.Now().Add(48*time.Hour).Format("2006-01-02T15:04")
	tamara.fill(`#absence input[name="to"]`, "qiang")
	tamara.hand.write(tamara, until, "datetime-local", then)
	require.True(b.t, tamara.is(until, `value === "`+then+`"`))
	tamara.fill(`#absence input[name="reason"]`, "At sea").click("#absence details summary")
	tamara.choose(`#absence select[name="process"]`, "change").click("#absence button.primary")
	tamara.sees(".said", "arranged").sees("#absences", "At sea")
	given, _, err := b.w.As("tamara").Delegations(b.t.Context(), usm.DelegationFilter{Person: "tamara"})
	require.NoError(b.t, err)
	require.Equal(b.t, "qiang", given[0].To)
	tamara.click(`#absences button[name="end"]`).sees("#absences", "ended")
}

// sweeps looks at every page, forwards and backwards.
func (b *browser) sweeps() {
	planned, number := b.w.planned(b.t, "network", "To be swept"), b.w.incident(b.t).Number
	addresses := []string{"/approvals?state=all", "/approvals/" + planned.WaitingFor.Approval, "/calls/" + planned.Number}
	for _, l := range readPages(b.t) {
		if l.status[2] == http.StatusOK && !strings.HasSuffix(l.address, "/file") && !strings.HasSuffix(l.address, ".csv") {
			addresses = append(addresses, strings.ReplaceAll(l.address, "{call}", number))
		}
	}
	require.Equal(b.t, "olga", visitors[2].person)
	olga := b.opens("olga", "/work")
	for _, address := range addresses {
		assert.Empty(b.t, olga.open(address).swept(), address)
	}
	assert.Empty(b.t, olga.phone().open("/work").swept(), "on a phone")

	olga.desktop().open("/work").spoil()
	told := strings.Join(olga.swept(), " ")
	for _, wrong := range []string{"is not reached", "has no ring", "is covered"} {
		require.Contains(b.t, told, wrong)
	}
}
