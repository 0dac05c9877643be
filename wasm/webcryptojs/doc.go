// Package webcryptojs is an mls.Provider for browsers: it computes Ed25519 and
// X25519 with WebCrypto, which is several times as fast as Go's code compiled
// to wasm, and everything else with mls.StandardProvider.
//
// # Only what pays
//
// Every promise costs some 30 µs before anything is computed, so hashes, HKDF
// and the AEADs of messages stay in Go. Signing, verifying and the
// Diffie-Hellman inside HPKE, alone or in X-Wing, go to the browser. Public
// keys of X25519 are computed in Go on the Edwards form of the curve, as mls
// does in DeriveKeyPair.
//
// # The same results
//
// Implementations of Ed25519 disagree about keys and signatures that nobody
// makes by accident: points of small order, encodings that are not canonical,
// the cofactor. Members of a group who disagree about a signature no longer
// agree about the group, so none of this is left to the browser. [New] asks it
// about a signature that holds only in the equation with the cofactor and does
// without it if it says yes; inputs that are not canonical or of small order
// go to Go straight away; and a no or a refusal of the browser is checked by
// Go, which decides. The yes to a regular input is what remains, and there
// all agree.
//
// # Keys
//
// CryptoKeys are not extractable. Private signature keys stay in the browser's
// memory, at most 16 of them; shared secrets and the private keys of HPKE are
// overwritten in JavaScript's memory as soon as they were used.
package webcryptojs
