package mls

import (
	"fmt"
	"log/slog"
)

// redacted, embedded in a struct that holds secrets or what members say, keeps
// these out of every fmt verb and of logs.
type redacted struct{}

const printed = "[redacted]"

// Format implements fmt.Formatter.
func (redacted) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(printed)) }

// LogValue implements slog.LogValuer.
func (redacted) LogValue() slog.Value { return slog.StringValue(printed) }
