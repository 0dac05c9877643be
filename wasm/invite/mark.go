package invite

import (
	"bytes"
	"crypto/sha256"

	"petmail/shared/wormhole"
)

// An invitation is told again by marks that do not give back what they were
// made of: a link by the name of its mailbox, which is derived from its secret,
// a code by a hash. They go with the record.

// IsLink reports whether link is that of the invitation, which may be over.
func (inv *Invite) IsLink(link wormhole.Link) bool {
	if inv.Link == nil || inv.Link.Relay != link.Relay {
		return false
	}
	mailbox, err := link.MailboxID()
	return err == nil && inv.Link.Mailbox == mailbox
}

// IsCode reports whether code is that of the invitation, which may be over.
func (inv *Invite) IsCode(code wormhole.Code) bool {
	return inv.Code != nil && len(inv.CodeMark) > 0 && bytes.Equal(inv.CodeMark, codeMark(inv.Code.Relay, code))
}

// codeMark is 16 bytes. The relay is part of it: each gives the same
// nameplates.
func codeMark(relay string, code wormhole.Code) []byte {
	mark := sha256.Sum256([]byte("petmail/invite-code/1 mark\x00" + relay + "\x00" + code.String()))
	return mark[:16]
}
