package pages_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"petmail/relay/pages"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// webApp is a small app with every kind of file.
func webApp(t *testing.T) fstest.MapFS {
	t.Helper()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte("wasm"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"README":                   file("not for the world"),
		".secret":                  file("hidden"),
		"index.html":               file("<html>app</html>"),
		"i/index.html":             file("<html>landing</html>"),
		"assets/app-1a2b.js":       file("script"),
		"petmail.wasm":             file("wasm"),
		"petmail.wasm.br":          file("pretend brotli"),
		"petmail.wasm.gz":          {Data: zipped.Bytes()},
		"manifest.webmanifest":     file("{}"),
		"get/petmail-chromium.zip": file("zip"),
		"strange.xyz":              file("?"),
	}
}

// fetch asks a handler as a client would that does not unpack by itself.
func fetch(h http.Handler, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(body)
}

func TestWebApp(t *testing.T) {
	h := pages.WebApp(webApp(t))
	for path, want := range map[string]struct{ body, kind, cache string }{
		"/":                     {"<html>app</html>", "text/html; charset=utf-8", "no-cache"},
		"/i/":                   {"<html>landing</html>", "text/html; charset=utf-8", "no-cache"},
		"/index.html":           {"<html>app</html>", "text/html; charset=utf-8", "no-cache"},
		"/assets/app-1a2b.js":   {"script", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"/petmail.wasm":         {"wasm", "application/wasm", "no-cache"},
		"/manifest.webmanifest": {"{}", "application/manifest+json", "no-cache"},
		"/strange.xyz":          {"?", "application/octet-stream", "no-cache"},
	} {
		r := fetch(h, "GET", path)
		require.Equal(t, http.StatusOK, r.StatusCode, path)
		require.Equal(t, want.body, text(t, r), path)
		require.Equal(t, want.kind, r.Header.Get("Content-Type"), path)
		require.Equal(t, want.cache, r.Header.Get("Cache-Control"), path)
		require.Equal(t, "Accept-Encoding", r.Header.Get("Vary"))
		csp := r.Header.Get("Content-Security-Policy")
		require.Contains(t, csp, "default-src 'none'")
		require.Contains(t, csp, "script-src 'self' 'wasm-unsafe-eval'")
		require.Contains(t, csp, "frame-ancestors 'none'")
		require.NotContains(t, csp, "unsafe-inline")
		require.Equal(t, "no-referrer", r.Header.Get("Referrer-Policy"))
		require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
		require.Equal(t, "same-origin", r.Header.Get("Cross-Origin-Opener-Policy"))
		require.NotEmpty(t, r.Header.Get("Permissions-Policy"))
		require.Empty(t, r.Header.Get("Access-Control-Allow-Origin"), "pages are not for other origins")

		tag := r.Header.Get("ETag")
		require.NotEmpty(t, tag)
		require.Equal(t, http.StatusNotModified, fetch(h, "GET", path, "If-None-Match", tag).StatusCode)
		require.Empty(t, text(t, fetch(h, "HEAD", path)))
	}
	require.Equal(t, `attachment; filename="petmail-chromium.zip"`,
		fetch(h, "GET", "/get/petmail-chromium.zip").Header.Get("Content-Disposition"))
	for _, path := range []string{
		"/nothing", "/i", "/assets/", "/.secret", "/README", "/petmail.wasm.br", "/petmail.wasm.gz", "/assets", "/i//", "/%2e%2e/web.go",
	} {
		r := fetch(h, "GET", path)
		require.NotEqual(t, http.StatusOK, r.StatusCode, path)
		require.NotEqual(t, http.StatusInternalServerError, r.StatusCode, path)
	}
	require.Equal(t, http.StatusMethodNotAllowed, fetch(h, "POST", "/").StatusCode)
	require.Equal(t, "/i/", fetch(h, "GET", "/i").Header.Get("Location"))
}

// TestStrayedSecrets: an address that holds the secret of a link where browsers
// send it is answered with the page that clears it, and kept by nobody.
func TestStrayedSecrets(t *testing.T) {
	const secret = "peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn"
	h := pages.WebApp(webApp(t))
	for _, path := range []string{
		"/i/%23" + secret, "/i/%2523" + secret, "/i%2F%23" + secret, "/i%23" + secret, "/I/%23" + strings.ToUpper(secret),
		"/i/" + secret, "/i/?" + secret, "/i?" + secret, "/i/?secret=" + secret, "/i/?x=%23" + secret, "/?" + secret, "/" + secret,
		"/index.html?" + secret, "/nothing/" + secret, "/i/%23" + secret + "/x?fbclid=y", "/i/%23broken", "/i/?bad%zz" + secret,
		"/assets/app-1a2b.js?" + secret, "/i/%23" + secret + ".br",
	} {
		r := fetch(h, "GET", path, "If-None-Match", "*")
		require.Equal(t, http.StatusOK, r.StatusCode, path)
		require.Equal(t, "<html>landing</html>", text(t, r), path)
		require.Equal(t, "no-store", r.Header.Get("Cache-Control"), path)
		require.Equal(t, "no-referrer", r.Header.Get("Referrer-Policy"), path)
		require.Empty(t, r.Header.Get("ETag"), path)
		require.Empty(t, r.Header.Get("Location"), path)
	}
	r := fetch(pages.WebApp(nil), "GET", "/i/%23"+secret)
	require.Equal(t, http.StatusNotFound, r.StatusCode)
	require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	require.NotContains(t, text(t, r), secret)
}

func TestWebAppCompressed(t *testing.T) {
	h := pages.WebApp(webApp(t))
	plain := fetch(h, "GET", "/petmail.wasm").Header.Get("ETag")
	for accept, want := range map[string]string{
		"br":                        "br",
		"gzip, deflate, br, zstd":   "br",
		"gzip":                      "gzip",
		"GZIP":                      "gzip",
		"br;q=0, gzip;q=0.5":        "gzip",
		"br; q=0.0":                 "",
		"identity":                  "",
		"":                          "",
		"brotli":                    "",
		"gzip;q=nonsense, identity": "",
	} {
		r := fetch(h, "GET", "/petmail.wasm", "Accept-Encoding", accept, "Range", "bytes=0-1")
		require.Equal(t, want, r.Header.Get("Content-Encoding"), accept)
		require.Equal(t, "application/wasm", r.Header.Get("Content-Type"))
		body := text(t, r)
		switch want {
		case "br":
			require.Equal(t, "pretend brotli", body)
		case "gzip":
			unzip, err := gzip.NewReader(bytes.NewReader([]byte(body)))
			require.NoError(t, err)
			unzipped, err := io.ReadAll(unzip)
			require.NoError(t, err)
			require.Equal(t, "wasm", string(unzipped))
		default:
			require.Equal(t, "wa", body, "a range of the plain form")
			continue
		}
		require.Equal(t, http.StatusOK, r.StatusCode)
		require.NotEqual(t, plain, r.Header.Get("ETag"), "each form has its own")
	}
	require.Empty(t, fetch(h, "GET", "/", "Accept-Encoding", "br").Header.Get("Content-Encoding"), "there is no compressed form")
}

func TestNoWebApp(t *testing.T) {
	r := fetch(pages.WebApp(nil), "GET", "/")
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Contains(t, text(t, r), "make run")
	require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
}

// TestUnderAPath checks that a relay that a proxy shows under a path of
// another host says so, instead of pages that stay empty.
func TestUnderAPath(t *testing.T) {
	for name, files := range map[string]fs.FS{"web app": webApp(t), "none": nil} {
		t.Run(name, func(t *testing.T) {
			h := pages.WebApp(files)
			for _, header := range []string{"/petmail", "petmail/", "/a/b"} {
				r := fetch(h, "GET", "/", "X-Forwarded-Prefix", header)
				require.Equal(t, http.StatusNotFound, r.StatusCode, header)
				require.Contains(t, text(t, r), "host name of its own", header)
				require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
			}
			require.Equal(t, http.StatusOK, fetch(h, "GET", "/", "X-Forwarded-Prefix", "/").StatusCode, "no path at all")
			if files == nil {
				return
			}
			for _, path := range []string{"/petmail/", "/petmail/i/", "/a/b/index.html", "/petmail/assets/app-1a2b.js", "/petmail/petmail.wasm"} {
				r := fetch(h, "GET", path)
				require.Equal(t, http.StatusNotFound, r.StatusCode, path)
				require.Contains(t, text(t, r), "host name of its own", path)
			}
			for _, path := range []string{"/nothing", "/petmail/nothing", "/a/b/c/d/e/f/", "/petmail", "/petmail/README", "/petmail/.secret"} {
				r := fetch(h, "GET", path)
				require.Equal(t, http.StatusNotFound, r.StatusCode, path)
				require.NotContains(t, text(t, r), "host name of its own", path)
			}
		})
	}
}
