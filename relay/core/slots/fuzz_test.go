package slots_test

import (
	"testing"

	"petmail/relay/core/slots"
)

func FuzzParseID(f *testing.F) {
	f.Add("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")
	f.Add("00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF")
	f.Add("../../etc/passwd")
	f.Fuzz(func(t *testing.T, text string) {
		if _, ok := slots.ParseID(text); ok && len(text) != 64 {
			t.Fatal("accepted a wrong length")
		}
	})
}
