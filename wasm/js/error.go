package js

// Error is a refusal of the browser: what a call threw, or what a promise was
// rejected with. Only its name, such as QuotaExceededError or TypeError, is
// kept: its message may hold a URL.
type Error struct {
	Op   string // what was tried, e.g. "read storage"
	Name string
}

func (e *Error) Error() string { return "couldn't " + e.Op + ": " + e.Name }
