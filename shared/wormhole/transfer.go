package wormhole

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"petmail/shared/wire"
)

// TransferAppID is the app id of Magic Wormhole's own programs, which send a
// text, a file or a folder.
const TransferAppID = "lothar.com/wormhole/text-or-file-xfer"

// maxTransferError bounds what ParseTransfer keeps of the peer's explanation,
// in bytes.
const maxTransferError = 300

// TransferMessage is one message of the file-transfer protocol
// (docs/file-transfer-protocol.md of magic-wormhole), as far as texts go.
// More than one field can be set; Failed comes before all others.
type TransferMessage struct {
	wire.Redacted
	Failed bool   // the peer has given up
	Error  string // why, in its words, at most 300 bytes
	Offer  Offer
	Text   string // of OfferText
	Acked  bool   // the peer has taken our text
}

// Offer is what a sender has for us.
type Offer int

const (
	OfferNone Offer = iota
	OfferText
	OfferFile    // a file or a folder; it would come over Transit
	OfferUnknown // of a kind that we do not know
)

// EncodeTextOffer returns the message that offers a text, which must be UTF-8.
// It fails if that does not fit a phase.
func EncodeTextOffer(text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("couldn't encode text: not UTF-8")
	}
	return encodeTransfer(map[string]any{"offer": map[string]any{"message": text}})
}

// EncodeTextAnswer returns the message that says that a text has been taken.
func EncodeTextAnswer() ([]byte, error) {
	return encodeTransfer(map[string]any{"answer": map[string]any{"message_ack": "ok"}})
}

// EncodeTransferError returns the message that ends a transfer, with a reason
// for the person at the other side.
func EncodeTransferError(reason string) ([]byte, error) {
	return encodeTransfer(map[string]any{"error": reason})
}

func encodeTransfer(message map[string]any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // it would make texts longer than they are
	if err := e.Encode(message); err != nil {
		return nil, fmt.Errorf("couldn't encode transfer message: %w", err)
	}
	encoded := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	if len(encoded) > MaxPhase {
		return nil, fmt.Errorf("couldn't encode transfer message: %w", wire.ErrTooLarge)
	}
	return encoded, nil
}

// ParseTransfer reads the plaintext of a numbered phase. Members that it does
// not know are passed over, as that protocol demands.
func ParseTransfer(plain []byte) (TransferMessage, error) {
	var m TransferMessage
	o, err := parseObject(plain, MaxPhase)
	if err != nil {
		return m, fmt.Errorf("couldn't decode transfer message: %w", err)
	}
	if o.has("error") {
		m.Failed = true
		if reason, err := o.anyText("error", MaxPhase); err == nil {
			m.Error = cut(reason, maxTransferError)
		}
	}
	if o.has("offer") {
		if err := m.readOffer(o["offer"]); err != nil {
			return TransferMessage{}, err
		}
	}
	if o.has("answer") {
		answer, err := parseObject(o["answer"], MaxPhase)
		if err != nil {
			return TransferMessage{}, fmt.Errorf("couldn't decode answer: %w", err)
		}
		ack, err := answer.optional("message_ack", maxText, answer.anyText)
		m.Acked = err == nil && ack == "ok"
	}
	return m, nil
}

func (m *TransferMessage) readOffer(raw json.RawMessage) error {
	offer, err := parseObject(raw, MaxPhase)
	if err != nil {
		return fmt.Errorf("couldn't decode offer: %w", err)
	}
	switch {
	case offer.has("message"):
		if m.Text, err = offer.anyText("message", MaxPhase); err != nil {
			return fmt.Errorf("couldn't decode offer: %w", err)
		}
		m.Offer = OfferText
	case offer.has("file"), offer.has("directory"):
		m.Offer = OfferFile
	default:
		m.Offer = OfferUnknown
	}
	return nil
}

// cut shortens text to at most limit bytes, between characters.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}

// ParseForeignCode reads a code of another program's user, who may have
// chosen it: a nameplate, "-", and anything without spaces. It is taken as it
// is but for spaces around it. The error is a *CodeError.
func ParseForeignCode(text string) (Code, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxCodeText {
		return Code{}, &CodeError{Problem: ProblemTooLong}
	}
	nameplate, rest, _ := strings.Cut(text, "-")
	if !isNameplate(nameplate) {
		return Code{}, &CodeError{Problem: ProblemNameplate}
	}
	if rest == "" || strings.ContainsFunc(rest, func(r rune) bool { return r == utf8.RuneError || r <= ' ' || r == 0x7f }) {
		return Code{}, &CodeError{Problem: ProblemWordCount}
	}
	return Code{Nameplate: nameplate, Words: []string{rest}}, nil
}
