//go:build js && petmailtest

package main

import (
	"log/slog"
	"runtime"
	"syscall/js"
)

// debug puts the object petmailDebug into the Worker's global scope, with
// panic(), which ends the program as a defect would, and memory(), which
// collects garbage and returns {heap, system} in bytes.
func debug(logger *slog.Logger) {
	logger.Warn("this is a test build")
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
	})
}
