// Package parts lists the agent's features.
package parts

import (
	"io"
	"log/slog"
	"time"

	"petmail/shared/mls"
	"petmail/wasm/parts/account"
	"petmail/wasm/parts/expiry"
	"petmail/wasm/parts/groups"
	"petmail/wasm/parts/invites"
	"petmail/wasm/parts/notes"
	"petmail/wasm/parts/outbox"
	"petmail/wasm/parts/people"
	"petmail/wasm/parts/save"
	"petmail/wasm/parts/talk"
	"petmail/wasm/relayclient"
	"petmail/wasm/turn"
)

// Config is what parts are made of.
type Config struct {
	Transport relayclient.Transport // the network
	Rand      io.Reader             // cryptographic
	Provider  mls.Provider          // computes the groups' cryptography; nil: Go does
	Log       *slog.Logger          // nil: nothing is noted
	Now       func() time.Time
	// Elapsed tells how long the process runs, whatever its clock says; nil:
	// since All.
	Elapsed func() time.Duration
}

// All makes the parts of an agent: the only list of them.
func All(c Config) func(turn.Owners) []turn.Part {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Provider == nil {
		c.Provider = mls.StandardProvider{}
	}
	if c.Elapsed == nil {
		began := time.Now()
		c.Elapsed = func() time.Duration { return time.Since(began) }
	}
	return func(owners turn.Owners) []turn.Part {
		who := account.New(account.Config{Transport: c.Transport, Rand: c.Rand, Log: c.Log, Now: c.Now, Elapsed: c.Elapsed})
		known := people.New(people.Config{Rand: c.Rand, Log: c.Log, Owners: owners})
		sender := outbox.New(outbox.Config{Rand: c.Rand, Log: c.Log, Owners: owners, Account: who})
		conversations := groups.New(groups.Config{
			Rand: c.Rand, Provider: c.Provider, Log: c.Log, Account: who, Owners: owners, People: known, Outbox: sender,
			Wall: func() int64 { return c.Now().UnixMilli() },
		})
		said := talk.New(talk.Config{Rand: c.Rand, Log: c.Log, Account: who, Owners: owners, People: known, Groups: conversations})
		passing := expiry.New(expiry.Config{Log: c.Log, Account: who, Owners: owners, Groups: conversations, Talk: said, Outbox: sender})
		invitations := invites.New(invites.Config{
			Client: who.Client(), Rand: c.Rand, Provider: c.Provider, Log: c.Log, Account: who, Conversations: said,
		})
		who.Deliver(conversations)
		known.MeetIn(conversations)
		sender.Serve(conversations, said, passing)
		conversations.Serve(said, passing, invitations)
		said.Expire(passing)
		passing.Withdraw(invitations)
		return []turn.Part{
			who,
			known,
			passing.Expire(),
			passing.Timers(),
			passing.Deletions(),
			conversations,
			said,
			passing,
			sender,
			invitations,
			notes.New(notes.Config{Client: who.Client(), Relay: who.Relay, Rand: c.Rand, Log: c.Log}),
			save.New(save.Config{Account: who, Groups: conversations, Talk: said, Expiry: passing}),
		}
	}
}
