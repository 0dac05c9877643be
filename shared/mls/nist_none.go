//go:build mls_ed25519

package mls

import "io"

// Without the suites on NIST curves nothing here is ever reached: params
// refuses them first.

var nistSuites = [...]Suite{}

func (Suite) nistParams() (suiteParams, bool) { return suiteParams{}, false }

func scalarSize(signatureAlgorithm) int { return 0 }

func generateECDSA(io.Reader, signatureAlgorithm) (private, public []byte, err error) {
	return nil, nil, ErrUnsupported
}

func publicECDSA(signatureAlgorithm, []byte) ([]byte, error) { return nil, ErrUnsupported }

func signECDSA(signatureAlgorithm, []byte, []byte) ([]byte, error) { return nil, ErrUnsupported }

func verifyECDSA(signatureAlgorithm, []byte, []byte, []byte) error { return ErrUnsupported }
