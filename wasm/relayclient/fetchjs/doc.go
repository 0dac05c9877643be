// Package fetchjs is the browser's fetch for Go, with as much of it as the
// agent needs. net/http would do the same in a browser, but links its whole
// client with TLS and HTTP/2: 725 KB of the compressed agent.
package fetchjs
