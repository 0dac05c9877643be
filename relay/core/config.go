package core

import (
	"time"

	"petmail/shared/relayproto"
)

// Config are the limits and retention times of a relay. A zero field takes
// the default named beside it.
type Config struct {
	EnvelopeRetention time.Duration // relayproto.EnvelopeRetention
	SlotRetention     time.Duration // relayproto.SlotRetention

	MaxMailboxBytes int64 // queued envelopes of one mailbox: 64 MiB
	MaxDoorBytes    int64 // queued envelopes of one door: three quarters of MaxMailboxBytes
	MaxDoors        int64 // doors of one mailbox: relayproto.MaxDoorsPerMailbox
	MaxMailboxes    int64 // registered mailboxes: 1,000,000

	MaxMeetingBytes    int64 // bodies in one meeting: 256 KiB
	MaxMeetingMessages int64 // messages in one meeting: 256
	MaxMeetings        int64 // meetings, consumed ones included: 200,000

	Version string // shown in the descriptor
	Welcome string // message of the day of the rendezvous; may be empty
}

// WithDefaults fills in the fields that are zero.
func (c Config) WithDefaults() Config {
	def := func(v *int64, d int64) {
		if *v == 0 {
			*v = d
		}
	}
	if c.EnvelopeRetention == 0 {
		c.EnvelopeRetention = relayproto.EnvelopeRetention
	}
	if c.SlotRetention == 0 {
		c.SlotRetention = relayproto.SlotRetention
	}
	def(&c.MaxMailboxBytes, 64<<20)
	def(&c.MaxDoorBytes, c.MaxMailboxBytes/4*3)
	def(&c.MaxDoors, relayproto.MaxDoorsPerMailbox)
	def(&c.MaxMailboxes, 1_000_000)
	def(&c.MaxMeetingBytes, 256<<10)
	def(&c.MaxMeetingMessages, 256)
	def(&c.MaxMeetings, 200_000)
	return c
}
