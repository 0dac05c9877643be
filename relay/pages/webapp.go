// Package pages is what a relay serves without state: the files of the web
// app, the headers that guard them, and the words for where they are missing.
package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// webApp serves the files of an fs.FS. A file's siblings with .br or .gz
// appended are its compressed forms.
type webApp struct {
	files fs.FS

	mu   sync.Mutex
	tags map[string]string // ETag by file; the files do not change while we run
}

// WebApp serves files, which do not change while it does. Nil: a page that
// says how to build them.
func WebApp(files fs.FS) http.Handler {
	if files == nil {
		files = emptyFS{}
	}
	return &webApp{files: files, tags: make(map[string]string)}
}

func (a *webApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setPageHeaders(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if strayed(r.URL) {
		a.serveStrayed(w, r)
		return
	}
	name, ok := fileName(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	if cut := r.Header.Get("X-Forwarded-Prefix"); strings.Trim(cut, "/") != "" || a.underPath(name) {
		explain(w, http.StatusNotFound, ownHostName)
		return
	}
	err := a.serveFile(w, r, name)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist) && a.isFolder(name):
		http.Redirect(w, r, "/"+name+"/", http.StatusMovedPermanently) // the browser keeps the fragment
	case errors.Is(err, fs.ErrNotExist) && name == "index.html":
		explain(w, http.StatusOK, noWebApp)
	case errors.Is(err, fs.ErrNotExist):
		http.NotFound(w, r)
	default:
		http.Error(w, "couldn't read the file", http.StatusInternalServerError)
	}
}

// underPath tells whether name is no file here, but would be one without the
// folders before it: a proxy leads a path of another host here, and does not
// cut it off.
func (a *webApp) underPath(name string) bool {
	if _, err := fs.Stat(a.files, name); err == nil {
		return false
	}
	for range maxFolders {
		_, rest, found := strings.Cut(name, "/")
		if !found {
			return false
		}
		if _, served := fileName(rest); served {
			if info, err := fs.Stat(a.files, rest); err == nil && !info.IsDir() {
				return true
			}
		}
		name = rest
	}
	return false
}

// maxFolders bounds the folders that underPath cuts off.
const maxFolders = 4

// landingPage reads an invitation out of its own address, and clears it.
const landingPage = "i/index.html"

// strayed reports whether an address holds, where browsers send it, what
// belongs behind the "#" of an invite link: programs that pass links on write
// "%23" for it, or make a query of it.
func strayed(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	if err != nil {
		query = u.RawQuery
	}
	path := strings.ToLower(u.Path)
	return strings.Contains(path, secretMark) || strings.Contains(strings.ToLower(query), secretMark) ||
		strings.HasPrefix(path, "/i") && strings.Contains(path, "#")
}

// secretMark begins the secret of an invite link (shared/spec/invite.md).
const secretMark = "peti1"

// serveStrayed answers with the page that takes the secret out of the address,
// says so and goes on with it. Nobody keeps the answer: it is kept by address.
func (a *webApp) serveStrayed(w http.ResponseWriter, r *http.Request) {
	r.Header.Del("If-None-Match")
	w.Header().Set("Cache-Control", "no-store")
	if err := a.serveFile(noStore{w}, r, landingPage); err != nil {
		http.Error(w, "This is an invite link that another program has changed. In its address, write # for %23, or ask for it again.", http.StatusNotFound)
	}
}

// noStore keeps an answer from being kept, whatever its file allows.
type noStore struct{ http.ResponseWriter }

func (w noStore) WriteHeader(status int) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("ETag")
	w.ResponseWriter.WriteHeader(status)
}

// isFolder tells whether name is a folder with a page of its own.
func (a *webApp) isFolder(name string) bool {
	_, err := fs.Stat(a.files, name+"/index.html")
	return err == nil
}

// fileName maps a URL path to a file. Folders have an index.html; compressed
// forms and hidden files are not served by their own names.
func fileName(urlPath string) (string, bool) {
	name := strings.TrimPrefix(urlPath, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	hidden := strings.HasPrefix(name, ".") || strings.Contains(name, "/.")
	compressed := strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz")
	return name, fs.ValidPath(name) && !hidden && !compressed && name != "README"
}

func (a *webApp) serveFile(w http.ResponseWriter, r *http.Request, name string) error {
	plain, err := fs.Stat(a.files, name)
	if err != nil {
		return err
	}
	if plain.IsDir() {
		return fs.ErrNotExist
	}
	h := w.Header()
	file, encoding := a.choose(name, r.Header.Get("Accept-Encoding"))
	content, size, err := a.open(file)
	if err != nil {
		return err
	}
	defer content.Close()
	tag, err := a.tag(file, content)
	if err != nil {
		return err
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		// ServeContent leaves the length out for encoded content.
		h.Set("Content-Length", strconv.FormatInt(size, 10))
		r.Header.Del("Range") // a part of a compressed form is of no use
	}
	contentType, known := contentTypes[path.Ext(name)]
	if !known {
		contentType = "application/octet-stream"
	}
	h.Set("Content-Type", contentType)
	h.Set("ETag", tag)
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable") // the name holds a hash
	} else {
		h.Set("Cache-Control", "no-cache") // ask each time whether it changed
	}
	if strings.HasPrefix(name, "get/") {
		h.Set("Content-Disposition", `attachment; filename="`+path.Base(name)+`"`)
	}
	http.ServeContent(w, r, "", time.Time{}, content)
	return nil
}

// open returns a file that can be read from anywhere, and its size in bytes.
func (a *webApp) open(name string) (io.ReadSeekCloser, int64, error) {
	f, err := a.files.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	if seeker, ok := f.(io.ReadSeekCloser); ok {
		return seeker, info.Size(), nil
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	return nopCloser{bytes.NewReader(data)}, int64(len(data)), err
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

// choose returns the smallest form of a file that the client takes.
func (a *webApp) choose(name, accept string) (file, encoding string) {
	for _, form := range []struct{ suffix, encoding string }{{".br", "br"}, {".gz", "gzip"}} {
		if !accepts(accept, form.encoding) {
			continue
		}
		if _, err := fs.Stat(a.files, name+form.suffix); err == nil {
			return name + form.suffix, form.encoding
		}
	}
	return name, ""
}

// accepts reads an Accept-Encoding header (RFC 9110 §12.5.3), where q=0
// refuses.
func accepts(header, encoding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(item), ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q = strings.TrimPrefix(strings.TrimSpace(q), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return q == "" || err == nil && weight > 0
	}
	return false
}

// tag returns a strong ETag, leaving content at its start.
func (a *webApp) tag(file string, content io.ReadSeeker) (string, error) {
	a.mu.Lock()
	tag, ok := a.tags[file]
	a.mu.Unlock()
	if ok {
		return tag, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, content); err != nil {
		return "", err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	tag = `"` + base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:16]) + `"`
	a.mu.Lock()
	a.tags[file] = tag
	a.mu.Unlock()
	return tag, nil
}

// emptyFS holds no web app.
type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
