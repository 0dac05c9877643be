package pages

import (
	"io"
	"net/http"
)

// noWebApp is served while no web app was built in.
const noWebApp = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Petmail relay</title>
<h1>Petmail relay</h1>
<p>This relay is running, but it was built without the web app.
Run <code>make run</code> in the source folder to build both.</p>
</html>
`

// ownHostName is served where a proxy leads a path of another host here. The
// pages would stay empty: they look for their files at the root of their host.
const ownHostName = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Petmail relay</title>
<h1>Petmail relay</h1>
<p>This relay is running, but the address you opened leads to it by a path of another host, where Petmail does not work.
It needs a host name of its own, such as petmail.example.org: the manual for operators says how to set up the proxy.</p>
<p lang="de">Dieses Relay läuft, aber die geöffnete Adresse führt über einen Pfad eines anderen Hosts hierher, und dort funktioniert Petmail nicht.
Es braucht einen eigenen Hostnamen, etwa petmail.example.org; das Handbuch für Betreiber sagt, wie der Proxy einzurichten ist.</p>
</html>
`

// explain answers with a page of its own.
func explain(w http.ResponseWriter, status int, page string) {
	w.Header().Set("Content-Type", contentTypes[".html"])
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, page)
}
