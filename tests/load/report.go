package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// report is Markdown in the making.
type report struct{ b strings.Builder }

func (r *report) String() string { return r.b.String() }

func (r *report) line(format string, args ...any) { fmt.Fprintf(&r.b, format+"\n", args...) }

// heading begins a section.
func (r *report) heading(text string) { r.line("\n### %s\n", text) }

// table writes a header and its rule; columns after the first are figures.
func (r *report) table(columns ...string) {
	r.row(columns...)
	rule := []string{"---"}
	for range columns[1:] {
		rule = append(rule, "---:")
	}
	r.row(rule...)
}

func (r *report) row(cells ...string) { r.line("| %s |", strings.Join(cells, " | ")) }

// ms prints a time as people read it.
func ms(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return d.Round(100 * time.Millisecond).String()
}

// count prints a number with its thousands set apart.
func count(n float64) string {
	text := fmt.Sprintf("%.0f", n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func kib(bytes float64) string { return fmt.Sprintf("%.1f KiB", bytes/1024) }

// percentile returns the p-th percentile of sorted times.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)*p/100, len(sorted)-1)]
}

func median[T any](values []T, compare func(a, b T) int) T {
	values = slices.Clone(values)
	slices.SortFunc(values, compare)
	return values[len(values)/2]
}
