package console

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	runtimes "runtime"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browser is a window of somebody in a real browser. What its console complains about fails the test.
type browser struct {
	t     *testing.T
	w     world
	hand  hand // with which click, fill and choose are done
	ctx   context.Context
	mu    sync.Mutex
	wrong []string
}

// chromium starts the browser of a test; its windows are those of strangers to each other.
func chromium(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.NoFirstRun,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1280, 900))
	if program := os.Getenv("USM_CHROMIUM"); program != "" {
		options = append(options, chromedp.ExecPath(program))
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	// The browser dies with the thread that starts it, so that has to be one which nobody else uses and ends.
	started := make(chan error)
	go func() {
		runtimes.LockOSThread()
		started <- chromedp.Run(ctx)
		<-ctx.Done()
	}()
	require.NoError(t, <-started, "make chromium installs a browser")
	return ctx
}

// window opens one for a person; "" is somebody who is not signed in. Without script is a browser that runs none.
//
//nolint:revive // it is the browser, and not the context of the call
func (w world) window(t *testing.T, chromium context.Context, person string, actions ...chromedp.Action) *browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithTargetID(stranger(t, chromium)))
	t.Cleanup(cancel)
	b := &browser{t: t, w: w, ctx: ctx, hand: mouse{}}
	chromedp.ListenTarget(ctx, b.hear)
	require.NoError(t, chromedp.Run(ctx), "a window lives as long as the context of what is first done in it")
	begin := []chromedp.Action{network.Enable(), log.Enable()}
	if person != "" {
		begin = append(begin, network.SetExtraHTTPHeaders(network.Headers{"Authorization": "Bearer " + w.bearer(person)}))
	}
	b.run(append(begin, actions...)...)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		require.Empty(t, b.wrong, "the browser complains")
	})
	return b
}

// stranger opens a window that shares nothing with the others. A browser without windows opens no tab, so it has to be a window.
func stranger(t *testing.T, chromium context.Context) target.ID { //nolint:revive // it is the browser
	t.Helper()
	executor := cdp.WithExecutor(chromium, chromedp.FromContext(chromium).Browser)
	alone, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(executor)
	require.NoError(t, err)
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(alone).WithNewWindow(true).Do(executor)
	require.NoError(t, err)
	return id
}

// hear keeps what the browser complains about: errors of scripts, and what the policy of a page refuses.
func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		b.wrong = append(b.wrong, event.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		// A page that says no has a status that the browser notes as an error.
		if event.Entry.Level == log.LevelError && event.Entry.Source != log.SourceNetwork {
			b.wrong = append(b.wrong, event.Entry.Text)
		}
	}
}

// run does these actions, from the first again where the page has made anew what it was about to use, as live pages do.
func (b *browser) run(actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	err := chromedp.Run(ctx, actions...)
	for err != nil && strings.Contains(err.Error(), "Could not find node with given id") && ctx.Err() == nil {
		err = chromedp.Run(ctx, actions...)
	}
	require.NoError(b.t, err, "at %s", b.at())
}

// at is the address of the page.
func (b *browser) at() string {
	var at string
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.Location(&at))
	return at
}

// open goes to a path of the gateway.
func (b *browser) open(path string) *browser {
	b.t.Helper()
	b.run(chromedp.Navigate(b.w.URL + path))
	return b
}

// click presses something and waits for nothing.
func (b *browser) click(selector string) *browser {
	b.t.Helper()
	b.hand.press(b, selector)
	return b
}

// turns presses something and waits for the page that answers, for when it looks as the page before it did.
func (b *browser) turns(selector string) *browser {
	b.t.Helper()
	b.run(chromedp.Evaluate(`document.documentElement.dataset.before = ""`, nil))
	return b.click(selector).sees("html:not([data-before]) main", "")
}

// fill types into a field, in place of what it held.
func (b *browser) fill(selector, text string) *browser {
	b.t.Helper()
	b.hand.write(b, selector, "text", text)
	return b
}

// choose chooses an option of a select by its value.
func (b *browser) choose(selector, value string) *browser {
	b.t.Helper()
	b.hand.choose(b, selector, value)
	require.True(b.t, b.is(selector, fmt.Sprintf("value === %q", value)), "%s has no %q", selector, value)
	return b
}

// sees waits until an element holds a text.
func (b *browser) sees(selector, text string) *browser {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	// By the time and not by each frame that is drawn: of a tab behind another none is.
	there := chromedp.Poll(fmt.Sprintf(
		`[...document.querySelectorAll(%q)].some((e) => e.textContent.replace(/\s+/g, " ").includes(%q))`, selector, text), nil,
		chromedp.WithPollingInterval(glance))
	err := chromedp.Run(ctx, there)
	for err != nil && ctx.Err() == nil { // the page went away while it was looked at
		err = chromedp.Run(ctx, there)
	}
	if err != nil {
		b.screenshot("failed-" + b.t.Name())
	}
	require.NoError(b.t, err, "%q in %s at %s:\n%s", text, selector, b.at(), b.text("main"))
	return b
}

// text is what an element holds now, "" when there is none.
func (b *browser) text(selector string) string {
	var text string
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.Evaluate(
		fmt.Sprintf(`(document.querySelector(%q) || {textContent: ""}).textContent`, selector), &text))
	return strings.Join(strings.Fields(text), " ")
}

// screenshot writes what the window shows to test/screenshots.
func (b *browser) screenshot(name string) *browser {
	b.t.Helper()
	var picture []byte
	b.run(chromedp.CaptureScreenshot(&picture)) // a picture of the whole of a long page has ended the browser
	dir := filepath.Join("..", "screenshots")
	require.NoError(b.t, os.MkdirAll(dir, 0o755))
	file := strings.Map(func(r rune) rune {
		if r == '/' || r == ' ' {
			return '-'
		}
		return r
	}, name)
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, file+".png"), picture, 0o644))
	return b
}

// awaited has the browser wait for a promise.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
