package relayclient

// Net returns the real network: fetch and WebSocket in a browser, net/http
// and coder/websocket elsewhere.
func Net(o NetOptions) *Network { return newNetwork(o) }
