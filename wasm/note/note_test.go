package note

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
	"petmail/shared/wormhole"
)

const (
	start = int64(1_800_000_000_000) // unix ms
	relay = "https://relay.example"
)

func sender(t testing.TB, text string) *Note {
	t.Helper()
	n, err := Send(rand.Reader, start, relay, text)
	require.NoError(t, err)
	require.NoError(t, n.Allocated(rand.Reader, "7"))
	n.Mailbox = "mb"
	return n
}

func receiver(t testing.TB, text string) *Note {
	t.Helper()
	code, err := wormhole.ParseForeignCode(text)
	require.NoError(t, err)
	n, err := Receive(rand.Reader, start, relay, code)
	require.NoError(t, err)
	n.Mailbox = "mb"
	return n
}

// reload returns n as the store would give it back.
func reload(t testing.TB, n *Note) *Note {
	t.Helper()
	b, err := wire.Marshal(n)
	require.NoError(t, err)
	var again Note
	require.NoError(t, wire.Unmarshal(b, &again, 1<<20))
	return &again
}

// deliver brings what from has pending to the other side, in the order that
// shuffle makes of it.
func deliver(t testing.TB, from, to *Note, shuffle func([]Phase)) {
	t.Helper()
	pending := slices.Clone(from.Pending)
	if shuffle != nil {
		shuffle(pending)
	}
	for _, p := range pending {
		from.Confirmed(p.Name)
		require.NoError(t, to.Phase(rand.Reader, start, from.Side, p.Name, p.Body))
	}
}

// talk goes on until neither has anything to say.
func talk(t testing.TB, one, other *Note) {
	t.Helper()
	for len(one.Pending)+len(other.Pending) > 0 {
		deliver(t, one, other, nil)
		deliver(t, other, one, nil)
	}
}

func TestANoteArrives(t *testing.T) {
	for _, order := range []string{"in order", "reversed", "reloaded", "twice"} {
		t.Run(order, func(t *testing.T) {
			var shuffle func([]Phase)
			if order == "reversed" {
				shuffle = slices.Reverse[[]Phase]
			}
			text := "for you only\n<b>&</b>"
			from := sender(t, text)
			code := from.Code
			require.False(t, from.Shown(), "the relay does not have our half yet")
			to := receiver(t, code)
			said := map[*Note][]Phase{}
			for range 4 {
				for _, pair := range [][2]*Note{{from, to}, {to, from}} {
					said[pair[0]] = append(said[pair[0]], pair[0].Pending...)
					deliver(t, pair[0], pair[1], shuffle)
					if order == "twice" {
						for _, p := range said[pair[0]] {
							require.NoError(t, pair[1].Phase(rand.Reader, start, pair[0].Side, p.Name, p.Body))
						}
					}
				}
				if order == "reloaded" {
					*from, *to = *reload(t, from), *reload(t, to)
				}
			}
			require.Equal(t, Done, from.Progress)
			require.Equal(t, Done, to.Progress)
			require.Equal(t, text, to.Text)
			require.Empty(t, from.Text, "what has been taken is not kept")
			require.Equal(t, wormhole.MoodHappy, from.Mood)
			require.Equal(t, wormhole.MoodHappy, to.Mood)
			for _, n := range []*Note{from, to} {
				require.Nil(t, n.Key)
				require.Nil(t, n.PAKE)
				require.Empty(t, n.Code)
			}
		})
	}
}

func TestAWrongCodeIsBurntOnBothSides(t *testing.T) {
	from := sender(t, "secret")
	to := receiver(t, "7-adroitness-wrong")
	talk(t, from, to)
	require.Equal(t, Wrong, from.Progress)
	require.Equal(t, Wrong, to.Progress)
	require.Equal(t, wormhole.MoodScary, from.Mood)
	require.Empty(t, to.Text)
	require.Empty(t, from.Code)
	require.Equal(t, "secret", from.Text, "kept to be sent again")
	require.False(t, from.Offered)

	// The right code comes too late.
	again := receiver(t, "7-adroitness-wrong")
	for _, p := range again.Pending {
		require.NoError(t, from.Phase(rand.Reader, start, again.Side, p.Name, p.Body))
	}
	require.Equal(t, Wrong, from.Progress)
}

// other is the other side's program in the middle of a transfer: it has the
// key, and says what the test wants.
func other(t testing.TB, n *Note, code string) *Note {
	t.Helper()
	peer := receiver(t, code)
	deliver(t, n, peer, nil)
	deliver(t, peer, n, nil)
	return peer
}

func say(t testing.TB, peer, n *Note, phase, message string) {
	t.Helper()
	body, err := wormhole.EncryptPhase(rand.Reader, wormhole.Key(peer.Key), peer.Side, phase, []byte(message))
	require.NoError(t, err)
	require.NoError(t, n.Phase(rand.Reader, start, peer.Side, phase, body))
}

// heard returns what n has to say to peer, read with peer's key.
func heard(t testing.TB, peer, n *Note) []string {
	t.Helper()
	var out []string
	for _, p := range n.Pending {
		if !numbered(p.Name) {
			continue
		}
		plain, err := wormhole.DecryptPhase(wormhole.Key(peer.Key), n.Side, p.Name, p.Body)
		require.NoError(t, err)
		out = append(out, string(plain))
	}
	return out
}

func TestWhatASenderCanSay(t *testing.T) {
	for _, c := range []struct {
		name     string
		messages []string
		want     Progress
		text     string
		answer   string // part of it; "": none
	}{
		{"a text", []string{`{"offer":{"message":"hi"}}`}, Done, "hi", `{"answer":{"message_ack":"ok"}}`},
		{"a text after something unknown", []string{`{"mood":1}`, `{"offer":{"message":"hi"}}`}, Done, "hi", "message_ack"},
		{"an empty text", []string{`{"offer":{"message":""}}`}, Done, "", "message_ack"},
		{"a file", []string{`{"transit":{"hints-v1":[]}}`, `{"offer":{"file":{"filename":"../../x","filesize":5}}}`}, File, "", `"error":"Petmail takes texts only`},
		{"a folder", []string{`{"offer":{"directory":{}}}`}, File, "", "error"},
		{"something new", []string{`{"offer":{"hologram":{}}}`}, Unsupported, "", "unknown offer type"},
		{"no JSON", []string{`hello`}, Unsupported, "", "could not be understood"},
		{"a text that is none", []string{`{"offer":{"message":[1]}}`}, Unsupported, "", "error"},
		{"it changed its mind", []string{`{"error":"cancelled"}`}, Refused, "", ""},
		{"two texts", []string{`{"offer":{"message":"one"}}`, `{"offer":{"message":"two"}}`}, Done, "one", "message_ack"},
		{"an answer to nothing", []string{`{"answer":{"message_ack":"ok"}}`}, Joining, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := receiver(t, "7-adroitness-wrong")
			peer := other(t, n, "7-adroitness-wrong")
			require.True(t, n.Checked)
			for i, m := range c.messages {
				say(t, peer, n, fmt.Sprint(i), m)
			}
			require.Equal(t, c.want, n.Progress)
			require.Equal(t, c.text, n.Text)
			answers := strings.Join(heard(t, peer, n), "")
			require.Contains(t, answers, c.answer)
			if c.answer == "" {
				require.Empty(t, answers)
			}
		})
	}
}

func TestWhatAReceiverCanSay(t *testing.T) {
	for _, c := range []struct {
		name, message string
		want          Progress
	}{
		{"taken", `{"answer":{"message_ack":"ok"}}`, Done},
		{"refused", `{"error":"transfer rejected"}`, Refused},
		{"taken, in other words", `{"answer":{"message_ack":"yes"}}`, Joining},
		{"an offer of its own", `{"offer":{"message":"hi"}}`, Joining},
		{"no JSON", `]`, Unsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := sender(t, "hello")
			peer := other(t, n, n.Code)
			require.True(t, n.Offered)
			say(t, peer, n, "0", c.message)
			require.Equal(t, c.want, n.Progress)
			if c.want == Refused {
				require.Equal(t, "transfer rejected", n.Problem)
				require.Equal(t, "hello", n.Text)
			}
		})
	}
}

func TestNothingIsOfferedBeforeTheCodeIsProven(t *testing.T) {
	n := sender(t, "hello")
	peer := receiver(t, n.Code)
	deliver(t, n, peer, nil)
	pake := peer.Pending[0]
	require.Equal(t, wormhole.PhasePAKE, pake.Name)
	require.NoError(t, n.Phase(rand.Reader, start, peer.Side, pake.Name, pake.Body))
	require.Equal(t, Joining, n.Progress)
	require.False(t, n.Offered)
	for _, p := range n.Pending {
		require.Equal(t, wormhole.PhaseVersion, p.Name)
	}
}

func TestThirdSidesAndOtherProtocolsAreIgnored(t *testing.T) {
	n := sender(t, "hello")
	peer := other(t, n, n.Code)
	before := reload(t, n)
	for _, name := range []string{"0", "version", "pake", "dilate-1", "", "0x"} {
		require.NoError(t, n.Phase(rand.Reader, start, "stranger", name, []byte("x")))
		require.NoError(t, n.Phase(rand.Reader, start, n.Side, name, []byte("x")))
	}
	for _, name := range []string{"pake", "dilate-1", "", "0x", "-1"} {
		require.NoError(t, n.Phase(rand.Reader, start, peer.Side, name, []byte("x")))
	}
	require.Equal(t, before, reload(t, n))
}

func TestEarlyPhasesAreBounded(t *testing.T) {
	n := receiver(t, "7-adroitness-wrong")
	for i := range 100 {
		require.NoError(t, n.Phase(rand.Reader, start, "peer", fmt.Sprint(i), make([]byte, wormhole.MaxBody)))
		require.NoError(t, n.Phase(rand.Reader, start, "peer", "0", []byte("again")))
	}
	require.Len(t, n.Early, maxEarly)
	require.NoError(t, n.Phase(rand.Reader, start, "third", "pake", []byte("x")))
	require.Equal(t, Preparing, n.Progress, "the first to speak is the other side")
}

func TestTime(t *testing.T) {
	after := func(d time.Duration) int64 { return start + d.Milliseconds() }
	n := sender(t, "hello")
	require.False(t, n.Expire(after(SendLifetime)-1))
	require.True(t, n.Expire(n.NextExpiry()))
	require.Equal(t, Expired, n.Progress)
	require.Equal(t, wormhole.MoodLonely, n.Mood)
	require.True(t, n.Live(), "the relay is to be told")
	require.True(t, n.Expire(after(SendLifetime+LeaveLifetime)))
	require.False(t, n.Live(), "but not for ever")
	require.Zero(t, n.NextExpiry())
	require.False(t, n.Expire(after(1000*time.Hour)))

	n = sender(t, "hello")
	other(t, n, n.Code)
	require.False(t, n.Expire(after(JoinLifetime)-1))
	require.True(t, n.Expire(after(JoinLifetime)))
	require.Equal(t, Left, n.Progress)
	require.Equal(t, "hello", n.Text)
}

func TestARelayThatForgetsIsNoticed(t *testing.T) {
	n := sender(t, "hello")
	n.Opened(start, false)
	require.Equal(t, Waiting, n.Progress, "it has not had our pake yet")
	n.Confirmed(wormhole.PhasePAKE)
	n.Opened(start, true)
	require.True(t, n.Shown())
	n = reload(t, n)
	n.Opened(start, false)
	require.Equal(t, Expired, n.Progress)

	n = receiver(t, "7-adroitness-wrong")
	n.Opened(start, false)
	require.Equal(t, Waiting, n.Progress)
}

func TestCancel(t *testing.T) {
	n := sender(t, "hello")
	require.NoError(t, n.Cancel(rand.Reader, start))
	require.Equal(t, Cancelled, n.Progress)
	require.Empty(t, n.Text)
	require.Empty(t, n.Code)

	n = sender(t, "hello")
	peer := other(t, n, n.Code)
	n.Pending = nil
	require.NoError(t, n.Cancel(rand.Reader, start))
	require.Contains(t, heard(t, peer, n)[0], "cancelled")
	talk(t, n, peer)
	require.Equal(t, Refused, peer.Progress)
	require.Contains(t, peer.Problem, "cancelled")

	n, err := Send(rand.Reader, start, relay, "hello")
	require.NoError(t, err)
	require.NoError(t, n.Cancel(rand.Reader, start))
	require.False(t, n.Live(), "the relay never heard of it")
}

func TestTextsThatDoNotFit(t *testing.T) {
	for _, text := range []string{strings.Repeat("x", wormhole.MaxPhase), strings.Repeat("\x01", 6000), "\xff"} {
		_, err := Send(rand.Reader, start, relay, text)
		require.ErrorIs(t, err, ErrTooLong)
	}
	_, err := Send(rand.Reader, start, relay, strings.Repeat("ü\n", 5000))
	require.NoError(t, err)
}

func TestNotesPrintNothing(t *testing.T) {
	n := sender(t, "hello")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		require.Equal(t, "[redacted]", fmt.Sprintf(verb, *n))
	}
}

// FuzzPhase plays the other side, with and without the key, and checks what
// holds whatever it says.
func FuzzPhase(f *testing.F) {
	f.Add(true, true, "0", []byte(`{"answer":{"message_ack":"ok"}}`))
	f.Add(false, true, "0", []byte(`{"offer":{"message":"hi"}}`))
	f.Add(false, true, "12", []byte(`{"offer":{"file":{}}}`))
	f.Add(false, false, "pake", []byte(`{"pake_v1":"00"}`))
	f.Add(true, false, "version", []byte(`x`))
	f.Fuzz(func(t *testing.T, sends, proven bool, phase string, body []byte) {
		n := receiver(t, "7-adroitness-wrong")
		if sends {
			n = sender(t, "hello")
		}
		side := "stranger"
		if proven {
			code := n.Code
			if !sends {
				code = "7-adroitness-wrong"
			}
			peer := other(t, n, code)
			side = peer.Side
			if len(body) <= wormhole.MaxPhase {
				var err error
				body, err = wormhole.EncryptPhase(rand.Reader, wormhole.Key(peer.Key), side, phase, body)
				require.NoError(t, err)
			}
		}
		require.NoError(t, n.Phase(rand.Reader, start, side, phase, body))
		require.LessOrEqual(t, len(n.Text), wormhole.MaxPhase)
		if n.Progress.Ended() {
			require.Nil(t, n.Key)
			require.Nil(t, n.PAKE)
			require.NotEmpty(t, n.Mood)
		}
		if !proven {
			require.NotEqual(t, Done, n.Progress, "nobody without the code gets anywhere")
			require.False(t, n.Offered)
		}
		require.Equal(t, reload(t, n), reload(t, reload(t, n)))
	})
}
