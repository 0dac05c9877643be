package wire

import "bytes"

// agrees compares a loosely decoded item with the encoding of what it was
// decoded into: wherever both say something, they must say the same. Map keys
// that only one of them has are skipped; they are what a newer or older
// Petmail adds or lacks. Without this a byte string of the wrong size would
// quietly be cut or filled to fit a fixed-size field.
//
// Both inputs have passed CheckDeterministic, so heads are valid and maps
// sorted.
func agrees(came, known []byte) bool {
	ok, _, _ := compare(came, known)
	return ok
}

// compare checks the items at the start of both inputs and returns what
// follows them.
func compare(came, known []byte) (ok bool, cameRest, knownRest []byte) {
	cameMajor, cameN, cameBody := head(came)
	knownMajor, knownN, knownBody := head(known)
	switch {
	case cameMajor == majorMap && knownMajor == majorMap:
		return compareMaps(cameBody, cameN, knownBody, knownN)
	case cameMajor == majorArray && knownMajor == majorArray && cameN == knownN:
		for range cameN {
			if ok, cameBody, knownBody = compare(cameBody, knownBody); !ok {
				return false, nil, nil
			}
		}
		return true, cameBody, knownBody
	default:
		cameRest, knownRest = skip(came), skip(known)
		same := bytes.Equal(came[:len(came)-len(cameRest)], known[:len(known)-len(knownRest)])
		return same, cameRest, knownRest
	}
}

func compareMaps(came []byte, cameN uint64, known []byte, knownN uint64) (ok bool, cameRest, knownRest []byte) {
	for cameN > 0 && knownN > 0 {
		cameValue, knownValue := skip(came), skip(known)
		order := bytes.Compare(came[:len(came)-len(cameValue)], known[:len(known)-len(knownValue)])
		switch {
		case order < 0:
			came, cameN = skip(cameValue), cameN-1
		case order > 0:
			known, knownN = skip(knownValue), knownN-1
		default:
			if ok, came, known = compare(cameValue, knownValue); !ok {
				return false, nil, nil
			}
			cameN, knownN = cameN-1, knownN-1
		}
	}
	for ; cameN > 0; cameN-- {
		came = skip(skip(came))
	}
	for ; knownN > 0; knownN-- {
		known = skip(skip(known))
	}
	return true, came, known
}

// head splits off the head of a checked item. For simple values n and rest
// mean nothing.
func head(data []byte) (major byte, n uint64, rest []byte) {
	major = data[0] >> 5
	if major != majorSimple {
		n, rest, _ = argument(data[1:], data[0]&31)
	}
	return major, n, rest
}

// skip returns what follows a checked item.
func skip(data []byte) []byte {
	rest, _ := walk(data, MaxNesting)
	return rest
}
