// Package jsapi is the bridge between pages and the agent: JavaScript attaches
// a client with a function that takes messages as JSON texts, and gets two
// back, to hand in requests and to detach. The Worker (extension/src/agent)
// connects these to pages.
//
// The codec is plain Go, so that what pages may send is tested natively; only
// bridge.go touches JavaScript.
//
// # Goroutines
//
//	attach   starts client.run, which waits for the agent so that JavaScript need not;
//	         client.detach ends it
package jsapi
