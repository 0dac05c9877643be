// Package relaytest is the suite that every host of the relay's rules passes.
// It knows a relay only by HTTP and WebSocket, and no Go package of one.
package relaytest
