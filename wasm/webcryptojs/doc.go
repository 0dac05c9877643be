// Package webcryptojs is an mls.Provider for browsers: it verifies Ed25519 and
// computes X25519 with WebCrypto, which takes a quarter to half of the time of
// Go's code compiled to wasm, and does everything else with
// mls.StandardProvider.
//
// # Only what pays
//
// Every promise costs some 30 µs before anything is computed, so hashes, HKDF
// and the AEADs of messages stay in Go. So does signing: a single signature,
// which finds the browser's threads asleep, is no faster there. Fresh keys of
// X25519 are made by whom [New] finds faster. Other public keys are computed in
// Go on the Edwards form of the curve, as mls does in DeriveKeyPair.
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
// No private key stays in JavaScript's memory: those of HPKE are imported as not
// extractable for one use, and what brought them and the shared secret there
// are overwritten.
package webcryptojs
