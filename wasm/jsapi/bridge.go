//go:build js

package jsapi

import "syscall/js"

// Attacher returns the JavaScript function
//
//	attach(send: (text: string) => void): {receive: (text: string) => void, detach: () => void}
//
// that adds a client to agent. It lives as long as the program.
func Attacher(agent Agent) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		send := args[0]
		c := attach(agent, func(text string) { send.Invoke(text) })
		var receive, detach js.Func
		receive = js.FuncOf(func(_ js.Value, args []js.Value) any {
			if args[0].Type() == js.TypeString {
				c.receive(args[0].String())
			}
			return nil
		})
		detach = js.FuncOf(func(js.Value, []js.Value) any {
			c.detach()
			receive.Release()
			detach.Release()
			return nil
		})
		return map[string]any{"receive": receive, "detach": detach}
	})
}
