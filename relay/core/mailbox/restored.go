package mailbox

import (
	"fmt"

	"petmail/relay/core"
)

// seqGap is how far sequence numbers are moved on when a backup is restored:
// more than any mailbox used since. Agents may remember that they have
// acknowledged those.
const seqGap = 1 << 24

// Restored makes the tables of a backup ready for use: sequence numbers that
// were given after it was taken are not given again.
func Restored(tx core.Tx) error {
	if _, err := tx.Exec(`UPDATE mailboxes SET next_seq = next_seq + ?`, int64(seqGap)); err != nil {
		return fmt.Errorf("couldn't move the sequence numbers on: %w", err)
	}
	return nil
}
