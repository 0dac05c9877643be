package relayclient

import "petmail/shared/wire"

// RendezvousEvent is one of the Event types below.
type RendezvousEvent interface{ rendezvousEvent() }

// EventState reports the socket, with the fields of State that apply.
type EventState struct{ State }

// EventAllocated brings the nameplate asked for by RendezvousConfig.Allocate.
// Store it before anybody is told the code.
type EventAllocated struct {
	wire.Redacted
	Nameplate string
}

// EventClaimed brings the mailbox behind the nameplate: with it stored, a
// later Rendezvous need not claim again.
type EventClaimed struct {
	wire.Redacted
	MailboxID string
}

// EventOpened says that every message that stood in the mailbox has been
// reported. It comes again after each reconnect.
type EventOpened struct{}

// EventPhase is a message in the mailbox, each (Side, Phase) once in the life
// of a Rendezvous, the own side's included.
type EventPhase struct {
	wire.Redacted
	Side  string
	Phase string
	Body  []byte
	Own   bool
}

// EventSent says that the relay keeps this phase of the own side.
type EventSent struct{ Phase string }

// EventReleased says that the nameplate has been given back, or was gone.
type EventReleased struct{}

// EventClosed says that the relay has let this side leave the mailbox, or
// that the mailbox was gone. It is the last event.
type EventClosed struct{}

// EventFailed reports a refusal. After a final one nothing is tried any more
// and no event follows.
type EventFailed struct {
	Reason FailReason
	Final  bool
}

// FailReason says why a rendezvous does not work.
type FailReason uint8

const (
	// FailOther: the relay refused in words that mean nothing to us, or broke
	// the protocol. It is tried again later.
	FailOther FailReason = iota + 1
	// FailCrowded: two others are in the mailbox already. Final.
	FailCrowded
	// FailUnknown: nobody has allocated the nameplate. Final.
	FailUnknown
	// FailUsed: nameplate or mailbox were used, or have expired. Final.
	FailUsed
	// FailConflict: the mailbox holds another body for a phase of the own
	// side than the one to send. Final.
	FailConflict
	// FailFlooded: the mailbox holds more than maxPhases messages or
	// maxPhaseBytes bytes. Final.
	FailFlooded
	// FailInvalid: RendezvousConfig cannot work. Final.
	FailInvalid
)

func (r FailReason) String() string {
	switch r {
	case FailOther:
		return "other"
	case FailCrowded:
		return "crowded"
	case FailUnknown:
		return "unknown nameplate"
	case FailUsed:
		return "used or expired"
	case FailConflict:
		return "conflict"
	case FailFlooded:
		return "flooded"
	case FailInvalid:
		return "invalid"
	}
	return "unknown"
}

func (EventState) rendezvousEvent()     {}
func (EventAllocated) rendezvousEvent() {}
func (EventClaimed) rendezvousEvent()   {}
func (EventOpened) rendezvousEvent()    {}
func (EventPhase) rendezvousEvent()     {}
func (EventSent) rendezvousEvent()      {}
func (EventReleased) rendezvousEvent()  {}
func (EventClosed) rendezvousEvent()    {}
func (EventFailed) rendezvousEvent()    {}
