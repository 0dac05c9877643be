package vaulttest_test

import (
	"testing"

	"petmail/wasm/vault/roottest"
	"petmail/wasm/vault/vaulttest"
)

func TestRootFile(t *testing.T) {
	disks := map[string]*vaulttest.RootDisk{}
	roottest.Run(t, true, func(name string) (roottest.File, error) {
		if disks[name] == nil {
			disks[name] = &vaulttest.RootDisk{}
		}
		return disks[name].Open()
	})
}
