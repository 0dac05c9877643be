package wormhole

import (
	"fmt"
	"strings"
	"unicode"

	"petmail/shared/text"
	"petmail/shared/wire"
)

// MaxInviteText bounds the text in which a link or a code is looked for, in
// bytes.
const MaxInviteText = 64 << 10

const (
	linkMark  = linkPrefix + "1"
	secretLen = 26 + 6 // characters after linkMark: LinkSecretSize bytes and the checksum
	maxBefore = 1024   // characters of a link that may stand before its secret
	maxStarts = 8      // beginnings of a URL that are tried for one secret
	maxCoats  = 3      // times that a text may be percent-encoded
)

// FindLink returns the one link in a text, whatever mail, chat and other
// programs have put around or into it (shared/spec/invite.md, "Link"). It
// takes time in proportion to the text. The error wraps ErrLink, and
// ErrSeveral if there are different ones.
//
// The pages have the same reader, extension/src/platform/link.ts; both run
// the vectors.
func FindLink(text string) (Link, error) {
	if len(text) > MaxInviteText {
		return Link{}, fmt.Errorf("%w: %w", ErrLink, wire.ErrTooLarge)
	}
	read := linkText(text)
	var found []Link
	for join := joinNothing; join <= joinAll; join++ {
		before := len(found)
		for _, link := range links(joined(read, join), join) {
			// A reading that joins more never corrects one that joins less.
			if !sameSecret(found[:before], link) && !contains(found, link) {
				found = append(found, link)
			}
			if len(found) > 1 {
				return Link{}, fmt.Errorf("%w: %w", ErrLink, ErrSeveral)
			}
		}
	}
	if len(found) == 0 {
		return Link{}, fmt.Errorf("%w: there is none in the text", ErrLink)
	}
	return found[0], nil
}

func sameSecret(found []Link, link Link) bool {
	for _, other := range found {
		if other.Secret == link.Secret {
			return true
		}
	}
	return false
}

func contains(found []Link, link Link) bool {
	for _, other := range found {
		if other.Secret == link.Secret && other.Relay == link.Relay {
			return true
		}
	}
	return false
}

// foreign stands for letters and digits that are in no link. They are told
// from other characters, which become 0, since they may belong to a host.
const foreign = 1

// linkText turns a text into the ASCII that links are made of: what shows
// nothing is left out, full-width forms become plain ones, escapes are undone,
// and nothing else is left.
func linkText(text string) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r = plain(r); r < 0 {
			continue
		}
		switch {
		case r > '~' && (unicode.IsLetter(r) || unicode.IsNumber(r)):
			r = foreign
		case r > '~':
			r = 0
		}
		out = append(out, byte(r))
	}
	for range maxCoats {
		var changed bool
		if out, changed = percentDecoded(out); !changed {
			break
		}
	}
	return unescaped(out)
}

// percentDecoded undoes one percent-encoding.
func percentDecoded(text []byte) (out []byte, changed bool) {
	out = text[:0]
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if high, low := hexDigit(text[i+1]), hexDigit(text[i+2]); high >= 0 && low >= 0 {
				c := byte(foreign) // a part of a character
				if high < 8 {
					c = byte(plain(rune(high<<4 | low)))
				}
				out, changed = append(out, c), true
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return out, changed
}

func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", lower(c)) }

// unescaped takes away the backslashes that Markdown, JSON and shells put
// before punctuation. Before a letter one separates: it is a line end, say.
func unescaped(text []byte) []byte {
	out := text[:0]
	for i, c := range text {
		if c == '\\' {
			if i+1 < len(text) && text[i+1] > ' ' && !alphanumeric(text[i+1]) {
				continue
			}
			c = ' '
		}
		out = append(out, c)
	}
	return out
}

// What a reading takes out of the middle of links.
type joining int

const (
	joinNothing joining = iota
	joinLines           // line ends, with the marks of a quotation after them
	joinAll             // spaces, too
)

// piece is a character and what was taken out right before it.
type piece struct {
	c    byte
	lost joining
}

// joined reads a text with line ends or all spaces taken out.
func joined(text []byte, join joining) []piece {
	out := make([]piece, 0, len(text))
	lost := joinNothing
	for i := 0; i < len(text); {
		end, lines := blank(text, i)
		switch {
		case end == i:
			out = append(out, piece{text[i], lost})
			lost = joinNothing
			i++
			continue
		case lines && join != joinNothing:
			lost = joinLines
		case !lines && join == joinAll:
			lost = joinAll
		default:
			c := byte(' ')
			if lines {
				c = '\n'
			}
			for range end - i {
				out = append(out, piece{c: c})
			}
		}
		i = end
	}
	return out
}

// blank returns where the spaces that begin at i end, the "=" that
// quoted-printable puts before a line end and the ">" and "|" that quotations
// put after it included, and whether there is a line end among them.
func blank(text []byte, i int) (end int, lines bool) {
	for end = i; end < len(text); end++ {
		c := text[end]
		soft := c == '=' && end+1 < len(text) && text[end+1] == '\n'
		quote := lines && (c == '>' || c == '|')
		if c != ' ' && c != '\n' && !soft && !quote {
			break
		}
		lines = lines || c == '\n'
	}
	return end, lines
}

// links returns the valid links of one reading.
func links(text []piece, join joining) []Link {
	var out []Link
	for i := 1; i+len(linkMark)+secretLen <= len(text); i++ {
		if secret, ok := secretAt(text, i); ok {
			if relay, ok := relayBefore(text, i, join); ok {
				out = append(out, Link{Relay: relay, Secret: secret})
			}
			i += len(linkMark) + secretLen - 1
		}
	}
	return out
}

// secretAt reads a secret that begins at i and ends after it.
func secretAt(pieces []piece, i int) (secret [LinkSecretSize]byte, ok bool) {
	for j := range len(linkMark) {
		if lower(pieces[i+j].c) != linkMark[j] {
			return secret, false
		}
	}
	end := i + len(linkMark) + secretLen
	if alphanumeric(pieces[i-1].c) || end < len(pieces) && alphanumeric(pieces[end].c) && pieces[end].lost == joinNothing {
		return secret, false
	}
	fragment := make([]byte, 0, len(linkMark)+secretLen)
	for _, p := range pieces[i:end] {
		fragment = append(fragment, lower(p.c))
	}
	decoded, err := text.DecodeBech32m(linkPrefix, string(fragment), len(fragment))
	if err != nil || len(decoded) != LinkSecretSize {
		return secret, false
	}
	return [LinkSecretSize]byte(decoded), true
}

// relayBefore reads the relay's URL and "/i/" before the secret at i.
func relayBefore(text []piece, i int, join joining) (relay string, ok bool) {
	start := i
	for start > 0 && i-start < maxBefore && inURL(text[start-1].c) {
		start--
	}
	head := make([]byte, 0, i-start)
	for _, p := range text[start:i] {
		head = append(head, p.c)
	}
	before := string(head)
	for end, tries := len(before), 0; tries < maxStarts; tries++ {
		colon := strings.LastIndex(before[:end], "://")
		if colon < 0 {
			break
		}
		end = colon
		scheme := schemeBefore(before[:colon])
		if scheme == "" {
			continue
		}
		rest := before[colon+len("://"):]
		where, valid := splitLink(rest)
		if relay, err := wire.NormalizeRelayURL(scheme + "://" + where); valid && err == nil {
			if !spaced(text[start+colon:i], len("://")+strings.IndexByte(rest+"/", '/')) {
				return relay, true
			}
		}
	}
	if join != joinNothing || start > 0 && text[start-1].c == foreign || hostBroken(text, start) {
		return "", false // where a link without a scheme begins is anybody's guess
	}
	for end, tries := len(before), 0; tries < maxStarts && end >= 0; tries++ {
		end = strings.LastIndexAny(before[:end], "*([=,;!'&")
		where, valid := splitLink(before[end+1:])
		if !valid {
			continue
		}
		if where, valid = bareRelay(where); !valid {
			return "", false
		}
		relay, err := wire.NormalizeRelayURL(where)
		return relay, err == nil
	}
	return "", false
}

// hostBroken reports whether a line ends right before start in the host of a
// URL: what begins at start may be the rest of it.
func hostBroken(text []piece, start int) bool {
	i := start
	for i > 0 && start-i < maxBefore && text[i-1].c == '\n' {
		i--
	}
	end := i
	for i > 0 && end-i < maxBefore && inURL(text[i-1].c) && text[i-1].c != '/' {
		i--
	}
	return end < start && i > 2 && text[i-1].c == '/' && text[i-2].c == '/' && text[i-3].c == ':'
}

// spaced reports whether spaces were taken out of the first n pieces: what
// stood around them need not belong together.
func spaced(text []piece, n int) bool {
	for _, p := range text[:min(n+1, len(text))] {
		if p.lost == joinAll {
			return true
		}
	}
	return false
}

func schemeBefore(text string) string {
	for _, scheme := range []string{"https", "http"} {
		if n := len(text) - len(scheme); n >= 0 && strings.EqualFold(text[n:], scheme) {
			return scheme
		}
	}
	return ""
}

// splitLink takes from what stands before a secret the "/i/", and the query
// and the "#" after it.
func splitLink(before string) (where string, ok bool) {
	tail := len(before)
	if n := strings.IndexAny(before, "?#*"); n >= 0 {
		tail = n
	}
	where, rest := before[:tail], before[tail:]
	if strings.HasPrefix(rest, "?") {
		rest = rest[min(len(rest), strings.IndexByte(rest+"#", '#')):]
	}
	if strings.Trim(rest, "#*!/") != "" {
		return "", false
	}
	slash := strings.HasSuffix(where, "/")
	where = strings.TrimSuffix(where, "/")
	if len(where) < 2 || !strings.EqualFold(where[len(where)-2:], "/i") || !slash && tail == len(before) {
		return "", false
	}
	return where[:len(where)-2], true
}

// bareRelay reads the URL of a relay without its scheme at the end of a text.
func bareRelay(text string) (string, bool) {
	start := len(text)
	for start > 0 && (alphanumeric(text[start-1]) || strings.IndexByte("-._~:/", text[start-1]) >= 0) {
		start--
	}
	if start > 0 && text[start-1] == '@' {
		return "", false
	}
	host, path, _ := strings.Cut(strings.TrimLeft(text[start:], "-._~:"), "/")
	port := ""
	if n := strings.LastIndexByte(host, ':'); n >= 0 && strings.Trim(host[n:], ":0123456789") == "" {
		host, port = host[:n], host[n:]
	}
	host = host[strings.LastIndexByte(host, ':')+1:] // "Link:relay.example.org"
	local := strings.EqualFold(host, "localhost") || strings.HasPrefix(host, "127.")
	if host == "" || !local && !strings.Contains(host, ".") {
		return "", false
	}
	scheme := "https://"
	if local {
		scheme = "http://"
	}
	return scheme + host + port + "/" + path, true
}

// inURL reports whether c stands in URLs as they are copied.
func inURL(c byte) bool { return c > ' ' && strings.IndexByte("\"<>\\^`{|}", c) < 0 }

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= lower(c) && lower(c) <= 'z'
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
