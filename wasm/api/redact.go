package api

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Redacted, embedded in a struct that holds texts, names, codes or keys, makes
// the struct print and log as "[redacted]". In JSON there is nothing of it.
type Redacted struct{}

// Format implements fmt.Formatter.
func (Redacted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (Redacted) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format implements fmt.Formatter: keys are never printed.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format implements fmt.Formatter: keys are never printed.
func (NewLock) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (NewLock) LogValue() slog.Value { return slog.StringValue(redacted) }
