package console

import "github.com/chromedp/cdproto/emulation"

// phone makes the window as small as that of a phone.
func (b *browser) phone() *browser {
	b.t.Helper()
	b.run(emulation.SetDeviceMetricsOverride(390, 844, 2, true))
	return b
}

// dark shows pages as to somebody who has the theme of his system dark.
func (b *browser) dark() *browser {
	b.t.Helper()
	b.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
	return b
}

// light is the opposite of dark.
func (b *browser) light() *browser {
	b.t.Helper()
	b.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}))
	return b
}

// desktop makes it as large as it was again.
func (b *browser) desktop() *browser {
	b.t.Helper()
	b.run(emulation.ClearDeviceMetricsOverride())
	return b
}
