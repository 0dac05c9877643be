// Package forensic examines a disk as somebody would who took it, with every
// passphrase: it looks for keys in every 32 bytes of every file and of the raw
// image, and tries them on every sealed record that there ever was
// (shared/spec/vault.md; issue: deleting really deletes). It is written from
// the vault's format and shares no code with it.
//
//	files, image ─ every 32-byte window ─┐
//	slots, passphrase ─ unwrapped keys ──┼─▶ key ─▶ record opens ─▶ plaintext
//	every 32-byte window of a plaintext ─┘                             │
//	              ▲                                                     │
//	              └─────────────────────────────────────────────────────┘
//
// What makes that cheap: a sealed record is ChaCha20-Poly1305 (RFC 8439) under
// a key of its own and nonce 0, and its plaintext begins with a length of four
// bytes of which at least the first is zero. So one ChaCha20 block for a window
// says which of all records it might open.
package forensic
