package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

const (
	signInPatience = 10 * time.Minute // how long `usm sign-in` waits for the browser
	signInPoll     = time.Second
	freshSignIn    = 30 * time.Second // how old a sign-in may be that --fresh takes over
)

// pass is a token that this terminal has made itself. The gateway learns its hash, from the browser, and nothing else does.
type pass struct{ token, hash, code string }

// newPass makes one. The code is for comparing by eye: the page shows it as well.
func newPass() pass {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // never fails: crypto/rand ends the program instead
	token := "usm_" + base64.RawURLEncoding.EncodeToString(bits[:])
	sum := sha256.Sum256([]byte(token))
	return pass{token, base64.RawURLEncoding.EncodeToString(sum[:]), codeOf(sum[:])}
}

// codeOf is the beginning of a hash, as people compare it.
func codeOf(hash []byte) string {
	code := base32.StdEncoding.EncodeToString(hash)
	return code[:4] + "-" + code[4:8]
}

func (a *app) signInCommand() *cobra.Command {
	var fresh, noBrowser bool
	cmd := &cobra.Command{
		Use:   "sign-in",
		Short: "Sign in with a browser; the commands that follow act as you",
		Long: "sign-in shows an address to open in a browser, where you sign in and let this terminal in. From then on commands to the\n" +
			"same gateway act as you, until the session ends there or you run `usm sign-out`. --as and USM_TOKEN go before.",
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.signInTerminal(cmd.Context(), fresh, noBrowser) },
	}
	useSettings(cmd, "url", "data")
	cmd.Flags().BoolVar(&fresh, "fresh", false, "prove again who you are, for a decision that asks for it")
	cmd.Flags().BoolVar(&noBrowser, "no-browser", false, "only show the address")
	cmd.Flags().BoolVar(&a.json, "json", false, "write JSON")
	return cmd
}

func (a *app) signInTerminal(ctx context.Context, fresh, noBrowser bool) error {
	address := a.address(a.devFolder())
	if a.config == "" {
		return errors.New("there is no folder of yours to keep the sign-in in: set HOME")
	}
	p := newPass()
	page := p.page(address, fresh)
	if err := offered(ctx, address, page); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "Open this address, sign in, and allow the terminal if the page shows the code %s:\n\n  %s\n\n", a.strong(p.code), page)
	if !noBrowser {
		a.browse(page)
	}
	me, err := admitted(ctx, client.New(address, p.token))
	if err != nil {
		return err
	}
	before, err := a.signedIn(address)
	if err != nil {
		return err
	}
	if err = a.keepSignIn(address, p.token); err != nil {
		return err
	}
	if before != "" {
		_ = endSession(ctx, address, before) // else it ends by itself
	}
	return a.print(me, func() {
		fmt.Fprintf(a.out, "signed in as %s (%s) at %s", me.Name, me.Person, address)
		if me.Session != nil {
			fmt.Fprintf(a.out, ", until %s", clock(&me.Session.ExpiresAt))
		}
		fmt.Fprintln(a.out)
	})
}

// page is where somebody lets the terminal in.
func (p pass) page(address string, fresh bool) string {
	query := url.Values{"token": {p.hash}}
	if host, err := os.Hostname(); err == nil && len(host) <= 64 {
		query.Set("name", host)
	}
	if fresh {
		query.Set("max_age", strconv.Itoa(int(freshSignIn.Seconds())))
	}
	return address + "/sign-in/terminal?" + query.Encode()
}

// offered refuses a gateway at which nobody signs in, which a person would find out in the browser only.
func offered(ctx context.Context, address, page string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return err
	}
	response, err := onlyHere().Do(request)
	if err != nil {
		return &client.UnreachableError{Address: address, Err: err}
	}
	_ = response.Body.Close() // nothing is read
	if response.StatusCode == http.StatusNotFound {
		return fmt.Errorf("nobody signs in at %s: it has no OpenID provider (USM_OIDC_ISSUER)", address)
	}
	return nil
}

// onlyHere is a client of what the gateway does for browsers; it follows them nowhere.
func onlyHere() *http.Client {
	return &http.Client{
		Timeout:       client.DefaultPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// admitted waits until a person has let the token in.
func admitted(ctx context.Context, c *client.Client) (me client.Me, err error) {
	ctx, cancel := context.WithTimeout(ctx, signInPatience)
	defer cancel()
	err = untilEvery(ctx, signInPoll, func() (bool, error) {
		me, err = c.Me(ctx)
		var away *client.UnreachableError
		if client.CodeOf(err) == usm.CodeUnauthenticated || errors.As(err, &away) { // or it is started again just now
			return false, nil
		}
		return err == nil, err
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("nobody has let this terminal in within %s: run it again", signInPatience)
	}
	return me, err
}

// browse opens a page where there is somebody to see it. The address is shown anyway, so failing means nothing.
func (a *app) browse(page string) {
	opener := "xdg-open"
	switch {
	case !isTerminal(a.err):
		return
	case runtime.GOOS == "darwin":
		opener = "open"
	case a.getenv("DISPLAY") == "" && a.getenv("WAYLAND_DISPLAY") == "":
		return
	}
	cmd := exec.Command(opener, page) //nolint:noctx // our own address; the browser outlives us
	if cmd.Start() == nil {
		go cmd.Wait() //nolint:errcheck // what becomes of it does not matter
	}
}

func (a *app) signOutCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sign-out",
		Short: "End the session of `usm sign-in`",
		Args:  arguments(0, 0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.signOutTerminal(cmd.Context()) },
	}
	useSettings(cmd, "url", "data")
	return cmd
}

func (a *app) signOutTerminal(ctx context.Context) error {
	address := a.address(a.devFolder())
	token, err := a.signedIn(address)
	if err != nil {
		return err
	}
	if token == "" {
		fmt.Fprintf(a.out, "nobody is signed in at %s\n", address)
		return nil
	}
	if err = endSession(ctx, address, token); err != nil {
		return err
	}
	if err = a.forgetSignIn(address); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "signed out at %s\n", address)
	return nil
}

// endSession ends the session of a token at the gateway; one that is over already stays so.
func endSession(ctx context.Context, address, token string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/sign-out", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := onlyHere().Do(request)
	if err != nil {
		return &client.UnreachableError{Address: address, Err: err}
	}
	_ = response.Body.Close()                                                                           // the status says it all
	if response.StatusCode >= http.StatusBadRequest && response.StatusCode != http.StatusUnauthorized { // that is over already
		return fmt.Errorf("the gateway answered %s; you are still signed in", response.Status)
	}
	return nil
}
