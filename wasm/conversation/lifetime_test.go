package conversation

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/shared/mls"
	"petmail/shared/wire"
)

// TestNoClockDecidesWhetherAnInvitationWorks: neither side's, whether the
// invitee's key package is good for any time or, as that of an earlier Petmail,
// from a day before to 30 days after by its clock.
func TestNoClockDecidesWhetherAnInvitationWorks(t *testing.T) {
	for _, days := range []int64{-20000, -31, -2, 0, 2, 31, 400, 30000} {
		for _, later := range []int64{0, -2, 40} { // the invitee's clock, when the Welcome comes
			for _, old := range []bool{false, true} {
				adas, _ := own(t)
				bobs, _ := own(t)
				id, psk := wire.ID{1, 2, 3}, make([]byte, 32)
				bobNow := begin + days*dayMilli
				lifetime := anyTime
				if old {
					before := max(bobNow/1000-24*3600, 0)
					lifetime = mls.Lifetime{NotBefore: uint64(before), NotAfter: uint64(before + 31*24*3600)}
				}
				bob, keyPackage, err := await(rand.Reader, mls.StandardProvider{}, bobNow, id, psk, persona(t, "Bob"), bobs, lifetime)
				require.NoError(t, err)
				ada, welcome, err := Create(rand.Reader, mls.StandardProvider{}, begin, id, psk, persona(t, "Ada"), adas, keyPackage)
				require.NoError(t, err, "%d days, old %v", days, old)
				r, err := bob.Receive(bobNow+later*dayMilli, body(t, welcome))
				require.NoError(t, err, "%d days, old %v", days, old)
				require.True(t, r.Joined)
				require.Equal(t, "hi", hear(t, bob, say(t, ada, "hi")))
				require.Equal(t, "hi", hear(t, ada, say(t, bob, "hi")))
			}
		}
	}
}

// TestEarlierPetmailsTakeTheKeyPackage: they look at its lifetime by their
// clock, which is right.
func TestEarlierPetmailsTakeTheKeyPackage(t *testing.T) {
	bobs, _ := own(t)
	_, keyPackage, err := Await(rand.Reader, mls.StandardProvider{}, begin-400*dayMilli, wire.ID{1}, make([]byte, 32), persona(t, "Bob"), bobs)
	require.NoError(t, err)
	kp, err := mls.ParseKeyPackage(keyPackage)
	require.NoError(t, err)
	l := kp.Leaf().Lifetime
	require.LessOrEqual(t, l.NotBefore, uint64(begin/1000))
	require.GreaterOrEqual(t, l.NotAfter, uint64(begin/1000))
}
