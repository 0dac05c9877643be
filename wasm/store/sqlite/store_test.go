//go:build !js

package sqlite_test

import (
	"net/url"
	"path/filepath"
	"testing"

	"petmail/wasm/store"
	"petmail/wasm/store/sqlite"
	"petmail/wasm/store/storetest"
)

func TestStore(t *testing.T) {
	folder := t.TempDir()
	storetest.Run(t, func(name string) (store.Store, error) {
		return sqlite.Open(filepath.Join(folder, url.PathEscape(name)+".db"))
	})
}
