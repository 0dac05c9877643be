//go:build js && petmailtest

package main

import (
	"log/slog"
	"runtime"
	"sync/atomic"
	"syscall/js"
	"time"
)

// debug puts the object petmailDebug into the Worker's global scope, with
// panic(), which ends the program as a defect would, memory(), which collects
// garbage and returns {heap, system} in bytes, and advance(seconds), which
// lets time pass by the clocks that debug returns, and setClock(seconds), which
// sets the wall clock so far ahead of what has passed.
func debug(logger *slog.Logger) clocks {
	logger.Warn("this is a test build")
	began := time.Now()
	var ahead, set atomic.Int64 // nanoseconds
	js.Global().Set("petmailDebug", map[string]any{
		"panic": js.FuncOf(func(js.Value, []js.Value) any {
			go panic("asked for by a test")
			return nil
		}),
		"memory": js.FuncOf(func(js.Value, []js.Value) any {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return map[string]any{"heap": m.HeapAlloc, "system": m.Sys}
		}),
		"advance": js.FuncOf(func(_ js.Value, args []js.Value) any {
			ahead.Add(int64(args[0].Float() * float64(time.Second)))
			return nil
		}),
		"setClock": js.FuncOf(func(_ js.Value, args []js.Value) any {
			set.Store(int64(args[0].Float() * float64(time.Second)))
			return nil
		}),
	})
	return clocks{
		now:     func() time.Time { return time.Now().Add(time.Duration(ahead.Load() + set.Load())) },
		elapsed: func() time.Duration { return time.Since(began) + time.Duration(ahead.Load()) },
	}
}
