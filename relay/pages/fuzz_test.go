package pages

import (
	"io/fs"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

// FuzzWebApp asks for any path with any Accept-Encoding.
func FuzzWebApp(f *testing.F) {
	files := fstest.MapFS{
		"index.html":    {Data: []byte("app")},
		"i/index.html":  {Data: []byte("landing")},
		"app.wasm":      {Data: []byte("wasm")},
		"app.wasm.br":   {Data: []byte("br")},
		".hidden/file":  {Data: []byte("secret")},
		"a/.hidden":     {Data: []byte("secret")},
		"README":        {Data: []byte("secret")},
		"a/b/../secret": {Data: []byte("secret")},
	}
	app := WebApp(files)
	for _, path := range []string{"/", "/i/", "/i", "/app.wasm", "/app.wasm.br", "/.hidden/file", "/a/b/../secret", "//", "/README", "/\x00"} {
		f.Add(path, "br;q=0.5, gzip")
	}
	f.Fuzz(func(t *testing.T, path, accept string) {
		if path == "" || path[0] != '/' {
			return
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = path
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Body.String() == "secret" {
			t.Fatalf("served %q", path)
		}
		if w.Code == 500 {
			t.Fatalf("broke on %q", path)
		}
		if name, ok := fileName(path); ok && !fs.ValidPath(name) {
			t.Fatalf("%q became %q", path, name)
		}
		if w.Body.String() == "br" && !accepts(accept, "br") {
			t.Fatal("sent a form that is not accepted")
		}
	})
}
