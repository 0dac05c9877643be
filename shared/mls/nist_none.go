//go:build mls_ed25519

package mls

import "io"

// Without the suites on NIST curves nothing here is ever reached: params
// refuses them first.

var nistSuites = [...]Suite{}

func (Suite) nistParams() (suiteParams, bool) { return suiteParams{}, false }

func generateECDSA(io.Reader, signatureAlgorithm) (private, public []byte, err error) {
	return nil, nil, ErrUnsupported
}

func publicECDSA(signatureAlgorithm, []byte) ([]byte, error) { return nil, ErrUnsupported }

func signECDSA(signatureAlgorithm, []byte, []byte) ([]byte, error) { return nil, ErrUnsupported }

func verifyECDSA(signatureAlgorithm, []byte, []byte, []byte) error { return ErrUnsupported }

func sealNIST(_ suiteParams, _, _, _ []byte) (kemOutput, ciphertext []byte, err error) {
	return nil, nil, ErrUnsupported
}

func openNIST(_ suiteParams, _, _, _, _ []byte) ([]byte, error) { return nil, ErrUnsupported }

func exportSendNIST(suiteParams, []byte, string, int) (kemOutput, secret []byte, err error) {
	return nil, nil, ErrUnsupported
}

func exportReceiveNIST(_ suiteParams, _, _ []byte, _ string, _ int) ([]byte, error) {
	return nil, ErrUnsupported
}

func deriveNIST(suiteParams, []byte) (private, public []byte, err error) {
	return nil, nil, ErrUnsupported
}

func checkNIST(suiteParams, []byte) error { return ErrUnsupported }
