package mls

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

func formatRedacted(f fmt.State) { _, _ = f.Write([]byte(redacted)) }

// Format keeps secrets out of every fmt verb.
func (SignatureKey) Format(f fmt.State, _ rune) { formatRedacted(f) }

// LogValue keeps secrets out of logs.
func (SignatureKey) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format keeps secrets out of every fmt verb.
func (LeafParams) Format(f fmt.State, _ rune) { formatRedacted(f) }

// LogValue keeps secrets out of logs.
func (LeafParams) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format keeps secrets out of every fmt verb.
func (*KeyPackagePrivate) Format(f fmt.State, _ rune) { formatRedacted(f) }

// LogValue keeps secrets out of logs.
func (*KeyPackagePrivate) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format keeps secrets out of every fmt verb.
func (*State) Format(f fmt.State, _ rune) { formatRedacted(f) }

// LogValue keeps secrets out of logs.
func (*State) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format keeps secrets out of every fmt verb.
func (*Candidate) Format(f fmt.State, _ rune) { formatRedacted(f) }

// LogValue keeps secrets out of logs.
func (*Candidate) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format keeps message content out of every fmt verb.
func (Received) Format(f fmt.State, _ rune) { formatRedacted(f) }

// LogValue keeps message content out of logs.
func (Received) LogValue() slog.Value { return slog.StringValue(redacted) }
