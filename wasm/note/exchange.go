package note

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"petmail/shared/wormhole"
)

// phaseMessage is the only numbered phase that we write: each side has one
// thing to say.
const phaseMessage = "0"

// maxEarly bounds the phases kept early. The most that a sender has to say
// before it hears from us is version, transit and offer.
const maxEarly = 4

// start draws the PAKE message for a code and queues it.
func (n *Note) start(rand io.Reader, code wormhole.Code) error {
	pake, message, err := wormhole.Start(rand, code.Password(), wormhole.TransferAppID)
	if err != nil {
		return fmt.Errorf("couldn't start key exchange: %w", err)
	}
	if n.PAKE, err = pake.Marshal(); err != nil {
		return fmt.Errorf("couldn't encode key exchange: %w", err)
	}
	n.Pending = append(n.Pending, Phase{Name: wormhole.PhasePAKE, Body: wormhole.EncodePAKE(message)})
	return nil
}

// Confirmed notes that the relay has stored a phase of ours.
func (n *Note) Confirmed(name string) {
	n.Pending = slices.DeleteFunc(slices.Clone(n.Pending), func(p Phase) bool { return p.Name == name })
}

func (n *Note) pending(name string) bool {
	return slices.ContainsFunc(n.Pending, func(p Phase) bool { return p.Name == name })
}

// Phase takes a message of the other side. Whatever that holds, an error is
// ours (randomness failed), and the note is not to be trusted after it.
func (n *Note) Phase(rand io.Reader, now int64, side, name string, body []byte) error {
	if n.Progress.Ended() || side == n.Side || n.Key == nil && n.PAKE == nil {
		return nil
	}
	if n.Peer != "" && side != n.Peer {
		return nil // a third side: relays allow two
	}
	switch {
	case name == wormhole.PhasePAKE && n.Key == nil:
		return n.meet(rand, now, side, body)
	case name == wormhole.PhasePAKE || name != wormhole.PhaseVersion && !numbered(name):
		return nil // of a protocol that we do not take part in
	case n.Key == nil:
		n.keep(side, Phase{Name: name, Body: body})
		return nil
	}
	plain, err := wormhole.DecryptPhase(wormhole.Key(n.Key), n.Peer, name, body)
	if err != nil {
		n.end(now, Wrong, wormhole.MoodScary)
		return nil
	}
	if !n.Checked {
		n.Checked = true
		if err := n.offer(rand); err != nil {
			return err
		}
	}
	if name == wormhole.PhaseVersion {
		return nil
	}
	return n.message(rand, now, plain)
}

// keep puts a phase aside until the pake of its side is there.
func (n *Note) keep(side string, p Phase) {
	known := slices.ContainsFunc(n.Early, func(q Phase) bool { return q.Name == p.Name })
	if known || len(n.Early) == maxEarly {
		return
	}
	n.Peer = side
	n.Early = append(n.Early, p)
}

// numbered reports whether a phase is an application's.
func numbered(name string) bool {
	return name != "" && strings.Trim(name, "0123456789") == ""
}

// meet takes the other side's PAKE message, one ever, and answers.
func (n *Note) meet(rand io.Reader, now int64, side string, body []byte) error {
	n.Peer = side
	if err := n.finish(body); err != nil {
		// One guess: whatever this was, nobody gets a second one.
		n.end(now, Wrong, wormhole.MoodScary)
		return nil
	}
	n.Progress, n.Expires = Joining, min(n.Expires, now+JoinLifetime.Milliseconds())
	version, err := wormhole.EncodeVersion(nil)
	if err != nil {
		return err
	}
	if err := n.queue(rand, wormhole.PhaseVersion, version); err != nil {
		return err
	}
	early := n.Early
	n.Early = nil
	for _, p := range early {
		if err := n.Phase(rand, now, side, p.Name, p.Body); err != nil {
			return err
		}
	}
	return nil
}

func (n *Note) finish(body []byte) error {
	message, err := wormhole.DecodePAKE(body)
	if err != nil {
		return err
	}
	pake, err := wormhole.UnmarshalPAKE(n.PAKE)
	if err != nil {
		return fmt.Errorf("couldn't decode key exchange: %w", err)
	}
	key, err := pake.Finish(message)
	if err != nil {
		return err
	}
	n.Key, n.PAKE = key[:], nil
	return nil
}

// offer sends the sender's text, once the other side has shown that it has
// the code.
func (n *Note) offer(rand io.Reader) error {
	if !n.Sender || n.Offered {
		return nil
	}
	message, err := wormhole.EncodeTextOffer(n.Text)
	if err != nil {
		return err
	}
	n.Offered = true
	return n.queue(rand, phaseMessage, message)
}

// message takes what the other side says in the file-transfer protocol.
func (n *Note) message(rand io.Reader, now int64, plain []byte) error {
	m, err := wormhole.ParseTransfer(plain)
	if err != nil {
		if err := n.giveUp(rand, "could not be understood"); err != nil {
			return err
		}
		n.end(now, Unsupported, wormhole.MoodErrory)
		return nil
	}
	switch {
	case m.Failed:
		n.Problem = m.Error
		n.end(now, Refused, wormhole.MoodErrory)
	case n.Sender && m.Acked:
		n.end(now, Done, wormhole.MoodHappy)
	case n.Sender:
	case m.Offer == wormhole.OfferText:
		answer, err := wormhole.EncodeTextAnswer()
		if err != nil {
			return err
		}
		if err := n.queue(rand, phaseMessage, answer); err != nil {
			return err
		}
		n.Text = m.Text
		n.end(now, Done, wormhole.MoodHappy)
	case m.Offer == wormhole.OfferFile:
		if err := n.giveUp(rand, "Petmail takes texts only, no files yet; please send it in another way"); err != nil {
			return err
		}
		n.end(now, File, wormhole.MoodErrory)
	case m.Offer == wormhole.OfferUnknown:
		if err := n.giveUp(rand, "unknown offer type"); err != nil {
			return err
		}
		n.end(now, Unsupported, wormhole.MoodErrory)
	}
	return nil
}

// giveUp tells the other side why nothing comes of it. A sender has used its
// numbered phase for the offer.
func (n *Note) giveUp(rand io.Reader, reason string) error {
	message, err := wormhole.EncodeTransferError(reason)
	if err != nil {
		return err
	}
	name := phaseMessage
	if n.Offered {
		name = "1"
	}
	return n.queue(rand, name, message)
}

// queue encrypts a phase.
func (n *Note) queue(rand io.Reader, name string, plain []byte) error {
	body, err := wormhole.EncryptPhase(rand, wormhole.Key(n.Key), n.Side, name, plain)
	if err != nil {
		return fmt.Errorf("couldn't encrypt phase: %w", err)
	}
	n.Pending = append(n.Pending, Phase{Name: name, Body: body})
	return nil
}
