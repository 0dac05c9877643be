package addressbook

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/wire"
)

func TestSafetyWords(t *testing.T) {
	a, b, c := []byte("persona key of Ada"), []byte("persona key of Bob"), []byte("persona key of Eve")
	words := SafetyWords(a, b)
	require.Len(t, words, 12)
	require.Equal(t, words, SafetyWords(b, a), "both sides read the same words")
	require.NotEqual(t, words, SafetyWords(a, c))
	require.NotEqual(t, words, SafetyWords(c, b))
}

func TestAChangedKeyIsAnAlarm(t *testing.T) {
	ada := Shown{Name: "Ada", Key: []byte{1}}
	var c Contact
	c.Saw(ada)
	require.False(t, c.KeyAlarm)
	c.Compare(AreSame, ada)
	c.Saw(Shown{Name: "Ada L.", Key: []byte{1}})
	require.True(t, c.Verified, "a new name is no new key")

	other := Shown{Name: "Ada", Key: []byte{2}}
	for _, key := range [][]byte{{2}, {2}, {1}, {3}, {1}} {
		c.Saw(Shown{Name: "Ada", Key: key})
		require.True(t, c.KeyAlarm, "the alarm stays until somebody compares, even if the old key is back")
		require.False(t, c.Verified)
	}
	c.Compare(Undone, other)
	require.True(t, c.KeyAlarm)
	c.Compare(AreOthers, other)
	require.True(t, c.KeyAlarm)
	c.Compare(AreSame, other)
	require.False(t, c.KeyAlarm)
	require.True(t, c.Verified)
	c.Saw(other)
	require.False(t, c.KeyAlarm)
}

func TestANameIsKept(t *testing.T) {
	says := func(c *Contact, name string) { c.Saw(Shown{Name: name, Key: []byte{1}}) }
	renamed := func(c Contact) string {
		name, ok := c.Renamed()
		if !ok {
			return ""
		}
		return name
	}
	var c Contact
	says(&c, "Anna")
	require.Equal(t, "Anna", c.Name())
	require.Empty(t, renamed(c))
	says(&c, "Mum")
	require.Equal(t, "Anna", c.Name(), "a name is kept")
	require.Equal(t, "Mum", renamed(c))
	says(&c, "Dad")
	require.Equal(t, "Dad", renamed(c), "the latest counts")
	require.False(t, c.UseName("Mum"), "it is no longer what she calls herself")
	require.False(t, c.DeclineName("Mum"))
	require.False(t, c.UseName(""))

	require.True(t, c.DeclineName("Dad"))
	require.Empty(t, renamed(c))
	require.Equal(t, "Dad", c.Claimed, "details still tell")
	says(&c, "Anna")
	says(&c, "Dad")
	require.Empty(t, renamed(c), "what was declined is not told again")
	says(&c, "Mum")
	require.Equal(t, "Mum", renamed(c))
	says(&c, "\u3164")
	require.Empty(t, renamed(c), "what shows nothing is no name")
	require.Equal(t, "Anna", c.Name())

	c.Petname = "Annie"
	says(&c, "Annie")
	require.Empty(t, renamed(c), "that is what she is called already")
	says(&c, "Mum")
	require.Equal(t, "Annie", c.Name())
	require.True(t, c.UseName("Mum"))
	require.Equal(t, "Mum", c.Name(), "what was asked for is shown")
	require.Empty(t, renamed(c))
	says(&c, "Anna")
	require.Equal(t, "Mum", c.Name(), "now this one is kept")
	require.Equal(t, "Anna", renamed(c))

	for i := range 1000 {
		says(&c, fmt.Sprint("name ", i))
	}
	b, err := wire.Marshal(c)
	require.NoError(t, err)
	require.Less(t, len(b), 200, "names do not gather")

	var blank Contact
	says(&blank, "\u200b")
	says(&blank, "Mum")
	require.Empty(t, blank.Name(), "also a name that shows nothing is not replaced unasked")
	require.Equal(t, "Mum", renamed(blank))
}

func TestAStoredContactKeepsItsName(t *testing.T) {
	old := map[uint64]any{2: "Anna", 3: 1, 4: 5, 5: []byte{1}, 6: true}
	b, err := wire.Marshal(old)
	require.NoError(t, err)
	var c Contact
	require.NoError(t, wire.Unmarshal(b, &c, 1<<10))
	same, err := wire.Marshal(c)
	require.NoError(t, err)
	require.Equal(t, b, same)
	c.Saw(Shown{Name: "Mum", Key: []byte{1}})
	require.Equal(t, "Anna", c.Name())
	require.True(t, c.Verified)
}

func TestWordsThatDiffer(t *testing.T) {
	ada := Shown{Name: "Ada", Key: []byte{1}}
	var c Contact
	c.Saw(ada)
	c.Compare(AreSame, ada)
	c.Compare(AreOthers, ada)
	require.True(t, c.Differ)
	require.False(t, c.Verified)
	c.Saw(ada)
	require.True(t, c.Differ, "it stays until somebody compares again")
	c.Compare(AreSame, ada)
	require.Equal(t, []bool{true, false}, []bool{c.Verified, c.Differ})
	c.Compare(AreOthers, ada)
	c.Compare(Undone, ada)
	require.Equal(t, []bool{false, false}, []bool{c.Verified, c.Differ})
}

func TestRelays(t *testing.T) {
	at := func(url string, id byte) Shown {
		return Shown{Name: "Ada", Key: []byte{1}, Relay: Place{URL: url, ID: []byte{id}}}
	}
	var c Contact
	c.Saw(at("https://one.example", 1))
	c.Saw(at("https://one.example", 1))
	require.Empty(t, c.NewRelay.URL, "another address at the same relay is nothing to tell")
	c.Saw(at("https://two.example", 2))
	require.Equal(t, "https://two.example", c.NewRelay.URL)
	require.False(t, c.RelayAlarm)
	c.Saw(at("https://one.example", 1))
	require.Empty(t, c.NewRelay.URL, "back again")
	c.Saw(at("https://two.example", 2))
	c.Saw(at("https://three.example", 3))
	require.Equal(t, "https://three.example", c.NewRelay.URL, "the latest counts")
	c.NoteRelay()
	require.Empty(t, c.NewRelay.URL)
	require.Equal(t, "https://three.example", c.Relay.URL)

	c.Saw(at("https://three.example", 4))
	require.True(t, c.RelayAlarm, "the same relay with other keys")
	c.Saw(at("https://three.example", 3))
	require.True(t, c.RelayAlarm, "it stays until somebody compares")
	c.Saw(at("https://three.example", 4))
	c.Compare(AreOthers, at("https://three.example", 4))
	require.True(t, c.RelayAlarm)
	c.Compare(AreSame, at("https://three.example", 4))
	require.False(t, c.RelayAlarm)
	c.Saw(at("https://three.example", 4))
	require.False(t, c.RelayAlarm)

	c.Saw(at("https://four.example", 1))
	c.Saw(at("https://four.example", 2))
	require.True(t, c.RelayAlarm, "also of a relay that the person has not noted yet")
	c.Compare(AreSame, at("https://four.example", 2))
	c.Saw(at("https://four.example", 2))
	require.False(t, c.RelayAlarm)

	var old Contact // stored by a program that did not note relays
	old.PersonaKey = []byte{1}
	old.Saw(at("https://one.example", 1))
	require.False(t, old.RelayAlarm)
	require.Empty(t, old.NewRelay.URL)
}

func TestPetnameWins(t *testing.T) {
	c := Contact{TheirName: "Ada"}
	require.Equal(t, "Ada", c.Name())
	c.Petname = "Mum"
	require.Equal(t, "Mum", c.Name())
	require.Equal(t, "[redacted]", fmt.Sprint(c))
}
