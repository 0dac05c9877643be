package conversation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"petmail/shared/mls"
)

// The gate: whatever group state a conversation holds has come through this
// file, and whatever leads into another epoch is judged here first. tests/arch
// keeps it so. A judgement looks at nothing but the group and the commit: no
// clock, nothing that a relay said, nothing known here alone. So all members
// come to the same one.

// What a group may grow to. Its state has to fit a record of the store
// whatever its members do (TestTheLargestStateFits).
const (
	maxLeaf     = 4 << 10  // bytes of one leaf node
	maxCommit   = 64 << 10 // bytes of a commit, Welcome or message
	maxLateKeys = 4000     // keys kept for messages that are missing in ended epochs
	directSize  = 2        // members
)

// Ended epochs are kept for late messages, so many and so long at most.
const (
	pastEpochs    = 32
	pastEpochDays = 7
)

// groupConfig is how every group checks its members and keeps old epochs.
func groupConfig(provider mls.Provider) mls.Config {
	return mls.Config{
		Provider: provider,
		ValidateCredential: func(leaf mls.LeafInfo) error {
			if _, err := leafPersona(provider, leaf); err != nil {
				return err
			}
			_, _, err := leafCard(leaf)
			return err
		},
		PastEpochs:   pastEpochs,
		PastEpochAge: pastEpochDays * 24 * 3600,
		Limits: mls.Limits{
			Message: maxCommit, Proposals: 2, Leaves: directSize, Leaf: maxLeaf,
			KeyPackage: 2 * maxLeaf, Context: 1 << 10, LateKeys: maxLateKeys,
		},
	}
}

// errVoid is wrapped by the errors for commits and Welcomes that do what they
// may not.
var errVoid = errors.New("not allowed in a conversation")

func void(what string) error { return fmt.Errorf("%w: %s", errVoid, what) }

// found makes the group of an invitation and lets in the owner of keyPackage.
// It returns the Welcome for it.
func (c *Conversation) found(rand io.Reader, now int64, leaf mls.LeafParams, keyPackage, psk []byte) ([]byte, error) {
	kp, err := mls.ParseKeyPackageWith(c.provider, keyPackage)
	if err != nil {
		return nil, err
	}
	alone, err := mls.NewGroup(rand, Suite, c.ID[:], leaf, nil, groupConfig(c.provider))
	if err != nil {
		return nil, err
	}
	candidate, err := alone.Commit(rand, mls.CommitParams{
		Proposals: []mls.Proposal{mls.Add(kp), mls.PSK(pskID)},
		PSKs:      pskLookup(psk),
		Now:       within(kp.Leaf().Lifetime, now/1000),
	})
	if err != nil {
		return nil, err
	}
	if err := beginning(candidate.Next, 0, candidate.Changes.PSKs); err != nil {
		return nil, err
	}
	c.group = candidate.Next
	return candidate.Welcome, c.readMembers()
}

// within returns now, or what is nearest to it in a lifetime (all in unix
// seconds): nobody's clock decides whether an invitation leads to a group.
func within(l mls.Lifetime, now int64) int64 {
	return min(max(now, int64(min(l.NotBefore, math.MaxInt64))), int64(min(l.NotAfter, math.MaxInt64)))
}

// join enters the group of the invitation by the inviter's Welcome.
func (c *Conversation) join(welcome []byte) error {
	private, err := mls.UnmarshalKeyPackagePrivate(c.Join)
	if err != nil {
		return fmt.Errorf("couldn't decode key package: %w", err)
	}
	group, how, err := mls.Join(welcome, mls.JoinParams{
		KeyPackages: []*mls.KeyPackagePrivate{private},
		PSKs:        pskLookup(c.PSK),
		Config:      groupConfig(c.provider),
		Now:         math.MaxInt64, // after the beginning of every lifetime
	})
	if err != nil {
		return fmt.Errorf("couldn't join group: %w", err)
	}
	if !bytes.Equal(group.GroupID(), c.ID[:]) {
		return void("welcome into another group")
	}
	if err := beginning(group, how.Signer.Index, how.PSKs); err != nil {
		return err
	}
	next := *c
	next.group = group
	if err := next.readMembers(); err != nil {
		return err
	}
	*c = next
	return nil
}

// beginning judges a group that an invitation has led to: made by the member
// at leaf signer, in its first epoch, bound to the invitation, of two leaves
// that hold what a leaf holds.
func beginning(group *mls.State, signer mls.LeafIndex, psks []mls.PSKID) error {
	members := group.Members()
	switch {
	case group.Suite() != Suite:
		return void("another suite")
	case group.Epoch() != 1:
		return void("group is not at its beginning")
	case len(group.Extensions()) != 0:
		return void("group with extensions")
	case len(members) != directSize || members[0].Index != 0 || members[1].Index != 1:
		return void("group is not direct")
	case signer != members[0].Index || group.OwnLeaf() != members[0].Index && group.OwnLeaf() != members[1].Index:
		return void("welcome is not the inviter's")
	case len(psks) != 1 || psks[0].Type != mls.ExternalPSK || !bytes.Equal(psks[0].ID, pskID):
		return void("group is not bound to the invitation")
	}
	for _, leaf := range members {
		if len(leaf.Extensions) != 1 {
			return void("leaf holds more than a card")
		}
	}
	return nil
}

// prepare makes a commit of our own. It is judged as everybody will, before
// anything of it is kept.
func (c *Conversation) prepare(rand io.Reader, p mls.CommitParams) (*mls.Candidate, error) {
	candidate, err := c.group.Commit(rand, p)
	if err != nil {
		return nil, fmt.Errorf("couldn't commit: %w", err)
	}
	if err := allowed(candidate.Changes); err != nil {
		return nil, err
	}
	return candidate, nil
}

// adopt enters the epoch of our own commit, which has won its slot.
func (c *Conversation) adopt(now int64) (Result, error) {
	candidate, err := mls.Unmarshal(c.Pending.Candidate, groupConfig(c.provider))
	if err != nil {
		return Result{}, fmt.Errorf("couldn't decode candidate: %w", err)
	}
	// What was received in the old epoch since the candidate was made stays
	// received.
	group, err := c.group.Adopt(candidate, now/1000)
	if err != nil {
		return Result{}, fmt.Errorf("couldn't adopt candidate: %w", err)
	}
	return c.replace(group, now)
}

// enter takes another member's commit that ends the current epoch.
func (c *Conversation) enter(now int64, commit []byte) (Result, error) {
	group, received, err := c.group.Process(commit, mls.ProcessParams{Now: now / 1000})
	switch {
	case err != nil:
		return Result{}, fmt.Errorf("couldn't process commit: %w", err)
	case received.Kind != mls.KindCommit:
		return Result{}, void("not a commit")
	case received.Public:
		return Result{}, void("commit in the clear")
	case len(received.AAD) != 0:
		return Result{}, void("commit says what it is for")
	}
	if err := allowed(received.Changes); err != nil {
		return Result{}, err
	}
	return c.replace(group, now)
}

// allowed judges what a commit does: new keys for its sender, and in its leaf
// another card or other capabilities, nothing else. That a leaf supports what
// the group uses has been checked before it comes here.
func allowed(ch mls.Changes) error {
	switch {
	case ch.External:
		return void("commit of somebody outside")
	case len(ch.Proposals) != 0:
		return void("commit with proposals")
	case !ch.Path:
		return void("commit without a path")
	case !ch.After.Credential.Equal(ch.Before.Credential):
		return void("commit changes who its sender is")
	case !bytes.Equal(ch.After.SignatureKey, ch.Before.SignatureKey):
		return void("commit changes its sender's signature key")
	case len(ch.After.Extensions) != 1:
		return void("leaf holds more than a card")
	}
	return nil
}

// replace enters an epoch that has been judged.
func (c *Conversation) replace(group *mls.State, now int64) (Result, error) {
	switch {
	case !group.Active():
		return Result{}, void("group is closed")
	case group.Epoch() != c.group.Epoch()+1 || !bytes.Equal(group.GroupID(), c.group.GroupID()):
		return Result{}, void("not the epoch after this one")
	case group.OwnLeaf() != c.group.OwnLeaf() || len(group.Members()) != len(c.group.Members()):
		return Result{}, void("commit changes who is in the conversation")
	}
	next := *c
	next.group = group
	next.Pending, next.EpochSent, next.EpochTime = nil, 0, now
	c.leave(&next)
	if err := next.readMembers(); err != nil {
		return Result{}, err
	}
	*c = next
	return Result{Moved: true}, nil
}

// step takes a later state of the same epoch.
func (c *Conversation) step(next *mls.State) error {
	if next.Epoch() != c.group.Epoch() || !next.Active() {
		return void("not the same epoch")
	}
	c.group = next
	return nil
}

// restore takes the group's state as it was stored, in parts.
func (c *Conversation) restore(parts map[string][]byte) (err error) {
	if c.group, err = mls.UnmarshalParts(parts, groupConfig(c.provider)); err != nil {
		return fmt.Errorf("couldn't decode group: %w", err)
	}
	return nil
}

// restoreWhole takes the group's state as older Petmails stored it.
func (c *Conversation) restoreWhole(state []byte) (err error) {
	if c.group, err = mls.Unmarshal(state, groupConfig(c.provider)); err != nil {
		return fmt.Errorf("couldn't decode group: %w", err)
	}
	return nil
}
