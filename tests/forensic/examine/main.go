// Command examine is package forensic for tests in browsers: it reads what to
// do as JSON from its standard input (type task) and writes what it found as
// JSON to its standard output (type report). Of what it decrypts it tells only
// which of the given texts occur.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"time"

	"golang.org/x/crypto/argon2"

	"petmail/tests/forensic"
)

type task struct {
	Folders    []string          `json:"folders"`    // all files below are examined
	Images     []string          `json:"images"`     // of disks, or any single files
	Dumps      []string          `json:"dumps"`      // of sealed records (Evidence.AddDump)
	Passphrase string            `json:"passphrase"` // in NFKC; "": not known
	Texts      map[string]string `json:"texts"`      // to be looked for, by name
	Envelopes  string            `json:"envelopes"`  // file of recorded ones, a line each in base64; "": none
}

type report struct {
	Windows int64               `json:"windows"`
	Bytes   int64               `json:"bytes"`
	Seconds float64             `json:"seconds"`
	Records int                 `json:"records"` // in evidence
	Opened  int                 `json:"opened"`
	Slots   int                 `json:"slots"`
	Roots   int                 `json:"roots"`
	Read    []string            `json:"read"`  // names of the texts in what was decrypted
	Clear   []forensic.Sighting `json:"clear"` // texts that stand in the clear
	Traffic forensic.Traffic    `json:"traffic"`
}

func main() {
	log.SetFlags(0)
	var t task
	d := json.NewDecoder(os.Stdin)
	d.DisallowUnknownFields()
	err := d.Decode(&t)
	if err == nil {
		var r report
		if r, err = run(t); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(r)
		}
	}
	if err != nil {
		log.Fatalf("couldn't examine: %v", err)
	}
}

func run(t task) (report, error) {
	start := time.Now()
	files := slices.Clone(t.Images)
	for _, folder := range t.Folders {
		more, err := forensic.Files(folder)
		if err != nil {
			return report{}, err
		}
		files = append(files, more...)
	}
	evidence := forensic.NewEvidence()
	for _, dump := range t.Dumps {
		if err := withFile(dump, evidence.AddDump); err != nil {
			return report{}, err
		}
	}
	var envelopes [][]byte
	if t.Envelopes != "" {
		err := withFile(t.Envelopes, func(file io.Reader) (err error) {
			envelopes, err = readEnvelopes(file)
			return err
		})
		if err != nil {
			return report{}, err
		}
	}
	var secrets []forensic.Secret
	if t.Passphrase != "" {
		secrets = append(secrets, func(kind string, params []byte) []byte { return stretch(t.Passphrase, kind, params) })
	}
	found, err := forensic.Examine(evidence, files, secrets...)
	if err != nil {
		return report{}, err
	}
	r := report{
		Windows: found.Windows, Bytes: found.Bytes, Records: evidence.Records(), Opened: found.Opened,
		Slots: found.Slots, Roots: found.Roots, Read: []string{},
	}
	if r.Traffic, err = found.Traffic(envelopes); err != nil {
		return report{}, err
	}
	for name, text := range t.Texts {
		if slices.ContainsFunc(found.Plain, func(plain []byte) bool { return bytes.Contains(plain, []byte(text)) }) {
			r.Read = append(r.Read, name)
		}
	}
	slices.Sort(r.Read)
	r.Clear, err = forensic.Sightings(files, t.Texts)
	r.Seconds = time.Since(start).Seconds()
	return r, err
}

func withFile(path string, f func(io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return f(file)
}

func readEnvelopes(file io.Reader) (envelopes [][]byte, err error) {
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		envelope, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("couldn't read envelope: %w", err)
		}
		envelopes = append(envelopes, envelope)
	}
	return envelopes, lines.Err()
}

// stretch derives the key of a passphrase's lock as the pages do
// (extension/src/ui/lock/params.ts).
func stretch(passphrase, kind string, params []byte) []byte {
	var p struct {
		KDF  string `json:"kdf"`
		M    uint32 `json:"m"` // KiB
		T    uint32 `json:"t"`
		P    uint8  `json:"p"`
		Salt string `json:"salt"`
	}
	if kind != "passphrase" || json.Unmarshal(params, &p) != nil || p.KDF != "argon2id" || p.M > 1<<20 || p.T > 1<<10 {
		return nil
	}
	var salt []byte
	if _, err := fmt.Sscanf(p.Salt, "%x", &salt); err != nil {
		return nil
	}
	return argon2.IDKey([]byte(passphrase), salt, p.T, p.M, p.P, keySize)
}

const keySize = 32
