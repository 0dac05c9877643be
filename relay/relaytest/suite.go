package relaytest

import "testing"

// Instance is a running relay with data of its own.
type Instance struct {
	// URL is the relay's base, such as "http://127.0.0.1:4711", the same
	// after every Restart.
	URL string
	// Restart ends the relay and starts it again with the same data. It
	// returns when the relay answers.
	Restart func()
}

// MailboxBytes is the quota that start must give to mailboxes, small enough
// to be filled by the suite.
const MailboxBytes = 256 << 10

// Run runs the suite. start starts a fresh relay without rate limits and with
// mailboxes of at most MailboxBytes; it ends with t.
func Run(t *testing.T, start func(t *testing.T) *Instance) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, r *relay)
	}{
		{"Descriptor", testDescriptor},
		{"CrossOrigin", testCrossOrigin},
		{"Methods", testMethods},
		{"DepositAnswersAlike", testDepositAnswersAlike},
		{"DepositMalformed", testDepositMalformed},

		{"MailboxLifecycle", testMailboxLifecycle},
		{"MailboxCounter", testMailboxCounter},
		{"MailboxDoors", testMailboxDoors},
		{"MailboxRetiringDoor", testRetiringDoor},
		{"MailboxForged", testMailboxForged},
		{"MailboxMalformed", testMailboxMalformed},

		{"SocketPush", testSocketPush},
		{"SocketRedelivery", testSocketRedelivery},
		{"SocketRestart", testSocketRestart},
		{"SocketCredit", testSocketCredit},
		{"SocketReplaced", testSocketReplaced},
		{"SocketClosedMailbox", testSocketClosedMailbox},
		{"SocketAuth", testSocketAuth},
		{"SocketHostile", testSocketHostile},
		{"SocketManyEnvelopes", testSocketManyEnvelopes},

		{"SlotWriteOnce", testSlotWriteOnce},
		{"SlotRace", testSlotRace},
		{"SlotMalformed", testSlotMalformed},

		{"RendezvousExchange", testRendezvousExchange},
		{"RendezvousByLink", testRendezvousByLink},
		{"RendezvousRestart", testRendezvousRestart},
		{"RendezvousUnknown", testRendezvousUnknown},
		{"RendezvousCrowded", testRendezvousCrowded},
		{"RendezvousUsed", testRendezvousUsed},
		{"RendezvousCancelled", testRendezvousCancelled},
		{"RendezvousDeserted", testRendezvousDeserted},
		{"RendezvousOtherApps", testRendezvousOtherApps},
		{"RendezvousOrder", testRendezvousOrder},
		{"RendezvousHostile", testRendezvousHostile},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t, start(t))) })
	}
}
