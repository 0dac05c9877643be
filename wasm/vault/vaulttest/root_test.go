package vaulttest_test

import (
	"testing"

	"petmail/wasm/vault"
	"petmail/wasm/vault/vaulttest"
)

func TestRootFile(t *testing.T) {
	disks := map[string]*vaulttest.RootDisk{}
	vaulttest.RunRootFile(t, func(name string) (vault.RootFile, error) {
		if disks[name] == nil {
			disks[name] = &vaulttest.RootDisk{}
		}
		return disks[name].Open()
	})
}
