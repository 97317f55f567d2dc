package console

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/usm-works/usm/test/product"
	"github.com/usm-works/usm/usm"
)

// TestPicturesOfTheREADME makes docs/images/*.png anew where it is told to; else it holds that those which README.md shows are there.
func TestPicturesOfTheREADME(t *testing.T) {
	t.Parallel()
	images := filepath.Join("..", "..", "docs", "images")
	pictures := map[string]string{"work": "/work", "call": "", "insight": "/insight?domain=it"}
	if os.Getenv("USM_TEST_PICTURES") == "" {
		readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
		require.NoError(t, err)
		for name := range pictures {
			require.Contains(t, string(readme), "docs/images/"+name+".png")
			require.FileExists(t, filepath.Join(images, name+".png"))
		}
		return
	}
	w := start(t, "it")
	pictures["call"] = "/calls/" + w.day(t)
	b := w.window(t, chromium(t), "olga", chromedp.EmulateViewport(1280, 800))
	for name, path := range pictures {
		var picture []byte
		b.open(path).sees("main h1", "")
		b.run(chromedp.CaptureScreenshot(&picture))
		require.NoError(t, os.WriteFile(filepath.Join(images, name+".png"), picture, 0o644))
	}
}

// day fills a product with the calls of a day, and returns the number of one whose fork has opened a child.
func (w world) day(t *testing.T) string {
	t.Helper()
	subjects := []string{
		"Mail does not arrive", "The printer on the second floor is out of toner", "A laptop for a new colleague",
		"The shop is slow since nine", "Access to the sales reports", "Video calls freeze", "The card reader at the door fails",
		"A second screen", "Backups of last night are incomplete", "The wifi in the canteen drops",
	}
	until := []usm.Step{
		usm.AcceptIncident, usm.ClassifyIncident, usm.AnalyseIncident, usm.PrepareRecovery, usm.ReviewRecovery, usm.CloseIncident, "",
	}
	var forked string
	for i := range 3 * len(subjects) {
		call, err := w.As("anna").Open(t.Context(), usm.NewCall{
			Domain: "it", Subject: subjects[i%len(subjects)], Description: "As told at the desk.", Requester: "anna", Service: "mail",
			Impact: []usm.Level{usm.High, usm.Medium, usm.Low}[i%3], Urgency: []usm.Level{usm.Medium, usm.High}[i%2],
			Fields: map[string]any{"broken": true},
		})
		require.NoError(t, err)
		plan := product.Plan{Until: until[i%len(until)], Key: fmt.Sprint("picture/", i)}
		_, err = w.Drive(t.Context(), call.Number, plan)
		require.NoError(t, err)
		if plan.Until == usm.ReviewRecovery {
			forked = call.Number
		}
	}
	return forked
}
