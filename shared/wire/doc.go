// Package wire holds the encodings that everything else is written in:
// deterministic CBOR with strict, bounded decoding, random ids, URLs of relays,
// and types for secrets that print nothing. It is described in shared/spec/wire.md.
//
// All functions may be called concurrently.
package wire
