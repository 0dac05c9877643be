//go:build js && !petmailtest

package main

import (
	"log/slog"
	"time"
)

// debug is for test builds only; it returns the agent's clocks.
func debug(*slog.Logger) clocks {
	began := time.Now()
	return clocks{time.Now, func() time.Duration { return time.Since(began) }}
}
