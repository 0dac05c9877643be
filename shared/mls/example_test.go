package mls_test

import (
	"crypto/rand"
	"fmt"
	"log"

	"petmail/shared/mls"
)

const now = 1_800_000_000 // the caller's clock, Unix seconds

func member(name string) (mls.LeafParams, mls.KeyPackage, *mls.KeyPackagePrivate) {
	key, err := mls.NewSignatureKey(rand.Reader, mls.DefaultSuite)
	if err != nil {
		log.Fatal(err)
	}
	leaf := mls.LeafParams{Credential: mls.Basic([]byte(name)), SignatureKey: key}
	kp, private, err := mls.NewKeyPackage(rand.Reader, mls.DefaultSuite, leaf,
		mls.Lifetime{NotBefore: now - 3600, NotAfter: now + 30*24*3600}, mls.KeyPackageOptions{})
	if err != nil {
		log.Fatal(err)
	}
	return leaf, kp, private
}

// Two people meet, bound by a pre-shared key, and write to each other.
func Example() {
	cfg := mls.Config{PastEpochs: 32, PastEpochAge: 7 * 24 * 3600}
	psks := mls.ExternalPSKs(map[string][]byte{"invitation": []byte("a secret both know from elsewhere")})
	leaf, _, _ := member("Anna")
	_, kp, private := member("Ben")

	anna, err := mls.NewGroup(rand.Reader, mls.DefaultSuite, []byte("group id"), leaf, nil, cfg)
	if err != nil {
		log.Fatal(err)
	}
	cand, err := anna.Commit(rand.Reader, mls.CommitParams{
		Proposals: []mls.Proposal{mls.Add(kp), mls.PSK([]byte("invitation"))},
		PSKs:      psks, ForcePath: true, Now: now,
	})
	if err != nil {
		log.Fatal(err)
	}
	anna = cand.Next // nobody else could have committed

	ben, _, err := mls.Join(cand.Welcome, mls.JoinParams{
		KeyPackages: []*mls.KeyPackagePrivate{private}, PSKs: psks, Config: cfg, Now: now,
	})
	if err != nil {
		log.Fatal(err)
	}
	ben, message, err := ben.Encrypt(rand.Reader, []byte("Hello Anna"), nil, 256)
	if err != nil {
		log.Fatal(err)
	}
	anna, received, err := anna.Process(message, mls.ProcessParams{Now: now})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("member %d: %s\n", received.Sender, received.Plaintext)
	fmt.Println("same epoch:", string(anna.EpochAuthenticator()) == string(ben.EpochAuthenticator()))
	// Output:
	// member 1: Hello Anna
	// same epoch: true
}

// Two members commit at once; the delivery service takes one of the commits.
func ExampleState_Commit() {
	cfg := mls.Config{PastEpochs: 4}
	leaf, _, _ := member("Anna")
	_, kp, private := member("Ben")
	anna, err := mls.NewGroup(rand.Reader, mls.DefaultSuite, []byte("group id"), leaf, nil, cfg)
	if err != nil {
		log.Fatal(err)
	}
	first, err := anna.Commit(rand.Reader, mls.CommitParams{Proposals: []mls.Proposal{mls.Add(kp)}, Now: now})
	if err != nil {
		log.Fatal(err)
	}
	anna = first.Next
	ben, _, err := mls.Join(first.Welcome, mls.JoinParams{KeyPackages: []*mls.KeyPackagePrivate{private}, Config: cfg, Now: now})
	if err != nil {
		log.Fatal(err)
	}

	fromAnna, err := anna.Commit(rand.Reader, mls.CommitParams{Now: now})
	if err != nil {
		log.Fatal(err)
	}
	fromBen, err := ben.Commit(rand.Reader, mls.CommitParams{Now: now})
	if err != nil {
		log.Fatal(err)
	}
	// Ben's commit was first. Anna drops hers and follows.
	ben, err = fromBen.Current.Adopt(fromBen.Next, now)
	if err != nil {
		log.Fatal(err)
	}
	anna, _, err = fromAnna.Current.Process(fromBen.Commit, mls.ProcessParams{Now: now})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(anna.Epoch(), ben.Epoch())
	// Output: 2 2
}

// A member stores its state, restarts, and goes on where it was.
func ExampleUnmarshal() {
	cfg := mls.Config{PastEpochs: 4}
	leaf, _, _ := member("Anna")
	_, kp, private := member("Ben")
	anna, err := mls.NewGroup(rand.Reader, mls.DefaultSuite, []byte("group id"), leaf, nil, cfg)
	if err != nil {
		log.Fatal(err)
	}
	cand, err := anna.Commit(rand.Reader, mls.CommitParams{Proposals: []mls.Proposal{mls.Add(kp)}, Now: now})
	if err != nil {
		log.Fatal(err)
	}
	ben, _, err := mls.Join(cand.Welcome, mls.JoinParams{KeyPackages: []*mls.KeyPackagePrivate{private}, Config: cfg, Now: now})
	if err != nil {
		log.Fatal(err)
	}

	stored, err := ben.Marshal() // a secret
	if err != nil {
		log.Fatal(err)
	}
	ben, err = mls.Unmarshal(stored, cfg)
	if err != nil {
		log.Fatal(err)
	}
	_, message, err := cand.Next.Encrypt(rand.Reader, []byte("Are you back?"), nil, 0)
	if err != nil {
		log.Fatal(err)
	}
	_, received, err := ben.Process(message, mls.ProcessParams{Now: now})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(received.Plaintext))
	// Output: Are you back?
}

// Somebody with a GroupInfo joins without an invitation from inside.
func ExampleExternalCommit() {
	cfg := mls.Config{ExternalCommits: true}
	leaf, _, _ := member("Anna")
	anna, err := mls.NewGroup(rand.Reader, mls.DefaultSuite, []byte("group id"), leaf, nil, cfg)
	if err != nil {
		log.Fatal(err)
	}
	info, err := anna.GroupInfo(mls.GroupInfoParams{})
	if err != nil {
		log.Fatal(err)
	}

	carla, _, _ := member("Carla")
	cand, err := mls.ExternalCommit(rand.Reader, info, mls.ExternalParams{Leaf: carla, Config: cfg, Now: now})
	if err != nil {
		log.Fatal(err)
	}
	anna, received, err := anna.Process(cand.Commit, mls.ProcessParams{Now: now})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("joined:", string(received.Changes.Added[0].Credential.Identity))
	fmt.Println("same epoch:", string(anna.EpochAuthenticator()) == string(cand.Next.EpochAuthenticator()))
	// Output:
	// joined: Carla
	// same epoch: true
}
