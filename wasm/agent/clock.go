package agent

import "petmail/wasm/turn"

// nowMilli returns the time that counts, unix milliseconds.
func (a *Agent) nowMilli() int64 { return a.base.Now() }

// wallMilli returns what the machine's clock shows, unix milliseconds.
func (a *Agent) wallMilli() int64 { return a.config.Now().UnixMilli() }

// shownMilli returns the time up to which nothing that is over is shown.
func (a *Agent) shownMilli() int64 { return a.base.Shown() }

// dated puts the times of what goes to a page, which are those that count,
// into the wall clock's.
func (a *Agent) dated(data any) any {
	by := a.wallMilli() - a.shownMilli()
	if d, ok := data.(turn.Dated); ok && by != 0 {
		return d.By(by)
	}
	return data
}
