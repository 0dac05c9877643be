// Package netjs is the browser's network: fetch and WebSocket.
//
// net/http could fetch too, but brings along a whole TLS stack that never
// runs, a third of the program that every person loads; so does whatever
// imports it, github.com/coder/websocket among them, which besides loses
// messages that arrive just before a close and cannot be told to let go.
package netjs
