//go:build js && !petmailtest

package main

import (
	"log/slog"
	"time"
)

// debug is for test builds only; it returns the agent's clock.
func debug(*slog.Logger) func() time.Time { return time.Now }
