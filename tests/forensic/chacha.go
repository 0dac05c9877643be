package forensic

import (
	"encoding/binary"
	"math/bits"
)

// window is 32 bytes that may be a key, as ChaCha20 reads them.
type window [8]uint32

func (w *window) set(b []byte) {
	_ = b[31]
	for i := range w {
		w[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
}

func (w *window) bytes() (b [32]byte) {
	for i, v := range w {
		binary.LittleEndian.PutUint32(b[4*i:], v)
	}
	return b
}

// The constants of RFC 8439, section 2.3.
const sigma0, sigma1, sigma2, sigma3 = 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574

// rounds is the ChaCha20 permutation without the final addition (RFC 8439,
// section 2.3): words 0–3 and 12–15, those that HChaCha20 is made of.
func rounds(k *window, n0, n1, n2, n3 uint32) (x0, x1, x2, x3, x12, x13, x14, x15 uint32) {
	x0, x1, x2, x3 = sigma0, sigma1, sigma2, sigma3
	x4, x5, x6, x7 := k[0], k[1], k[2], k[3]
	x8, x9, x10, x11 := k[4], k[5], k[6], k[7]
	x12, x13, x14, x15 = n0, n1, n2, n3
	for range 10 {
		x0, x4, x8, x12 = quarter(x0, x4, x8, x12)
		x1, x5, x9, x13 = quarter(x1, x5, x9, x13)
		x2, x6, x10, x14 = quarter(x2, x6, x10, x14)
		x3, x7, x11, x15 = quarter(x3, x7, x11, x15)
		x0, x5, x10, x15 = quarter(x0, x5, x10, x15)
		x1, x6, x11, x12 = quarter(x1, x6, x11, x12)
		x2, x7, x8, x13 = quarter(x2, x7, x8, x13)
		x3, x4, x9, x14 = quarter(x3, x4, x9, x14)
	}
	return x0, x1, x2, x3, x12, x13, x14, x15
}

func quarter(a, b, c, d uint32) (uint32, uint32, uint32, uint32) {
	a += b
	d = bits.RotateLeft32(d^a, 16)
	c += d
	b = bits.RotateLeft32(b^c, 12)
	a += b
	d = bits.RotateLeft32(d^a, 8)
	c += d
	b = bits.RotateLeft32(b^c, 7)
	return a, b, c, d
}

// firstWord returns the first four bytes of the key stream that encrypts a
// record's part 0: nonce 0, block 1 (RFC 8439, section 2.8), as a
// little-endian number.
func (w *window) firstWord() uint32 {
	x0, _, _, _, _, _, _, _ := rounds(w, 1, 0, 0, 0)
	return x0 + sigma0
}

// extended returns HChaCha20 of a key and 16 bytes of nonce
// (draft-irtf-cfrg-xchacha-03, section 2.2).
func (w *window) extended(nonce *[4]uint32) (out window) {
	out[0], out[1], out[2], out[3], out[4], out[5], out[6], out[7] = rounds(w, nonce[0], nonce[1], nonce[2], nonce[3])
	return out
}

// firstWordX is firstWord for XChaCha20-Poly1305, whose nonce has 24 bytes.
func (w *window) firstWordX(nonce *[6]uint32) uint32 {
	k := w.extended((*[4]uint32)(nonce[:4]))
	x0, _, _, _, _, _, _, _ := rounds(&k, 1, 0, nonce[4], nonce[5])
	return x0 + sigma0
}

// streamX returns the first 32 bytes of XChaCha20-Poly1305's key stream.
func (w *window) streamX(nonce *[6]uint32) (out window) {
	k := w.extended((*[4]uint32)(nonce[:4]))
	x := [16]uint32{
		sigma0, sigma1, sigma2, sigma3, k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], 1, 0, nonce[4], nonce[5],
	}
	start := x
	for range 10 {
		x[0], x[4], x[8], x[12] = quarter(x[0], x[4], x[8], x[12])
		x[1], x[5], x[9], x[13] = quarter(x[1], x[5], x[9], x[13])
		x[2], x[6], x[10], x[14] = quarter(x[2], x[6], x[10], x[14])
		x[3], x[7], x[11], x[15] = quarter(x[3], x[7], x[11], x[15])
		x[0], x[5], x[10], x[15] = quarter(x[0], x[5], x[10], x[15])
		x[1], x[6], x[11], x[12] = quarter(x[1], x[6], x[11], x[12])
		x[2], x[7], x[8], x[13] = quarter(x[2], x[7], x[8], x[13])
		x[3], x[4], x[9], x[14] = quarter(x[3], x[4], x[9], x[14])
	}
	for i := range out {
		out[i] = x[i] + start[i]
	}
	return out
}
