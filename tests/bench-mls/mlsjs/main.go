//go:build js

// Command mlsjs is shared/mls in a browser's Worker, as tests/bench-mls
// measures it beside others. It puts the function
//
//	petmailMLS(suite: number, webcrypto: boolean, members: number,
//	  done: (error: string | null, group: {run(operation: string, done: (error: string | null, milliseconds: number) => void): void, state: number}) => void)
//
// into the global scope: a group of so many members, of whom the first two are
// here. run does one operation of encrypt, decrypt, commit, process, add, join
// and tells how long it took; state is the size of the second member's state
// in bytes.
package main

import (
	"syscall/js"

	"petmail/shared/mls"
	"petmail/tests/bench-mls/mlsgroup"
	"petmail/wasm/webcryptojs"
)

func main() {
	browser := webcryptojs.New()
	js.Global().Set("petmailMLS", js.FuncOf(func(_ js.Value, args []js.Value) any {
		suite, webcrypto, members, done := mls.Suite(args[0].Int()), args[1].Bool(), args[2].Int(), args[3]
		var provider mls.Provider = mls.StandardProvider{}
		if webcrypto {
			provider = browser
		}
		go func() { // waits for promises, which a callback cannot
			g, err := mlsgroup.New(suite, provider, members)
			if err != nil {
				done.Invoke(err.Error())
				return
			}
			done.Invoke(nil, object(g))
		}()
		return nil
	}))
	js.Global().Call("petmailMLSReady")
	select {}
}

func object(g *mlsgroup.Group) map[string]any {
	return map[string]any{
		"state": g.StateSize(),
		"run": js.FuncOf(func(_ js.Value, args []js.Value) any {
			operation, done := args[0].String(), args[1]
			go func() {
				took, err := g.Run(operation)
				if err != nil {
					done.Invoke(err.Error())
					return
				}
				done.Invoke(nil, float64(took.Nanoseconds())/1e6)
			}()
			return nil
		}),
	}
}
