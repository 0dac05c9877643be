// Package js is what the packages that touch JavaScript share: exceptions and
// rejected promises become errors, promises are waited for, event handlers go
// together, and bytes are copied in and out. Those packages import it as
// browser, beside syscall/js.
//
// # Goroutines
//
//	Await   starts, when its context ends before its promise, the one that releases
//	        the callbacks; the promise ends it
package js
