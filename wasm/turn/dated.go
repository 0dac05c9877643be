package turn

// Dated is what pages are told that holds times which they compare with their
// clock.
type Dated interface {
	// By returns the same with its times moved by so many milliseconds.
	By(ms int64) any
}
