//go:build js && !petmailtest

package main

import "log/slog"

// debug is for test builds only.
func debug(*slog.Logger) {}
