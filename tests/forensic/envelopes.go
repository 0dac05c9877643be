package forensic

import (
	"petmail/shared/address"
	"petmail/shared/wire"
	"petmail/wasm/conversation"
)

// identity is what counts of an agent's record of itself
// (wasm/parts/account), whatever else it holds and comes to hold. Of a
// record that is none it makes at worst a key that opens nothing.
type identity struct {
	wire.Redacted
	Box []byte `cbor:"7,keyasint"`
}

// Traffic says what the finder of a disk can do with recorded envelopes.
type Traffic struct {
	Boxes    int   `json:"boxes"`    // what may be box keys among the findings
	Groups   int   `json:"groups"`   // MLS states among the findings
	Ours     int   `json:"ours"`     // envelopes to the owner of the disk, which its box key opens
	Messages int   `json:"messages"` // MLS messages in those
	Read     []int `json:"read"`     // of which a group's state still decrypts these, by place in the list
	Welcomes int   `json:"welcomes"` // Welcomes in those
	Entered  []int `json:"entered"`  // of which an init key still opens these, by place in the list
}

// mostPast is more than any agent keeps of epochs that have ended.
const mostPast = 1000

// Traffic tries every group state that was found on every envelope, and every
// 32 bytes that were decrypted as the init key of every Welcome.
func (f *Findings) Traffic(envelopes [][]byte) (Traffic, error) {
	var boxes []address.BoxKey
	for _, plain := range f.Plain {
		var self identity
		if wire.UnmarshalLoose(plain, &self, len(plain)) == nil {
			if box, err := address.ParseBoxKey(self.Box); err == nil {
				boxes = append(boxes, box)
			}
		}
	}
	groups := groups(f.Plain)
	t := Traffic{Boxes: len(boxes), Groups: len(groups)}
	var welcomed []letter
	var from []int // their envelopes, by place in the list
	for i, envelope := range envelopes {
		for _, box := range boxes {
			opened, err := box.Open(envelope)
			if err != nil {
				continue
			}
			t.Ours++
			body, err := conversation.DecodeBody(opened.Body)
			if err != nil {
				continue
			}
			if body.Kind == conversation.BodyWelcome {
				t.Welcomes++
				more, err := letters(body.Payload)
				if err != nil {
					return Traffic{}, err
				}
				for _, l := range more {
					welcomed, from = append(welcomed, l), append(from, i)
				}
				continue
			}
			t.Messages++
			for _, group := range groups {
				if group.reads(body.Payload) {
					t.Read = append(t.Read, i)
					break
				}
			}
		}
	}
	for i, opened := range f.opens(welcomed) {
		if opened {
			t.Entered = append(t.Entered, from[i])
		}
	}
	return t, nil
}
