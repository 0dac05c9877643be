package arch

import (
	"path"
	"regexp"
	"strings"
)

var (
	extensionAPI = regexp.MustCompile(`(^|[^\w.$"'/-])(globalThis\.|window\.|self\.)?(chrome|browser)\s*(\??\.\w|\[)`)
	markupSink   = regexp.MustCompile(`\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|createContextualFragment|srcdoc)\b|\bdocument\.write|\beval\(|\bnew Function\(`)
	webStorage   = regexp.MustCompile(`\b(localStorage|sessionStorage)\b|\bdocument\.cookie\b`)
	// lastingStorage is what outlives a tab.
	lastingStorage = regexp.MustCompile(`\b(localStorage|indexedDB|caches)\b|\bdocument\.cookie\b`)
	imported       = regexp.MustCompile(`(?:\bfrom\s+|\bimport\s*\(?\s*)["'](\.{1,2}/[^"']+)["']`)
	weakTest       = regexp.MustCompile(`\b(test|it|describe)(\.describe)?\.(skip|only|fixme|todo)\b|\bwaitForTimeout\b|\{\s*skip:`)
	blockComment   = regexp.MustCompile(`(?s)/\*.*?\*/`)
	lineComment    = regexp.MustCompile(`(^|[\s;{})])//.*`)
)

// The only modules that store anything in a page: keptInvite for the tab,
// wasHere one bit for good.
const (
	keptInvite = "extension/src/platform/kept.ts"
	wasHere    = "extension/src/platform/memory.ts"
)

func pageRules() []Rule {
	inSource := func(f TextFile) bool { return f.TypeScript() && in(f.Path, "extension/src") }
	return []Rule{
		{
			Name: "extension-api-only-in-platform",
			Why:  "extension/src/platform is the only caller of chrome.* and browser.*; everything else runs in a plain web page too",
			Check: eachLine(func(f TextFile) bool { return inSource(f) && !in(f.Path, "extension/src/platform") },
				extensionAPI, "calls the extension API"),
		},
		{
			Name:  "no-markup-from-strings",
			Why:   "what other people wrote is shown as textContent; a string that becomes markup or code is a hole",
			Check: eachLine(inSource, markupSink, "turns a string into markup or code"),
		},
		{
			Name: "no-web-storage",
			Why:  "localStorage, sessionStorage and cookies are plain text outside the agent's store, and stay after everything was deleted; the exceptions are the invitation that brought the person here, for the tab, and that a Petmail was here",
			Check: func(tree *Tree) []Violation {
				others := eachLine(func(f TextFile) bool { return inSource(f) && f.Path != keptInvite && f.Path != wasHere }, webStorage, "uses web storage")
				kept := eachLine(func(f TextFile) bool { return f.Path == keptInvite }, lastingStorage, "stores for longer than the tab")
				return append(others(tree), kept(tree)...)
			},
		},
		{
			Name: "browser-tests-wait-for-events",
			Why:  "a test that sleeps, is skipped or hides the others proves nothing",
			Check: eachLine(func(f TextFile) bool { return f.TypeScript() && in(f.Path, "tests", "extension/tests") },
				weakTest, "sleeps, skips or runs alone"),
		},
		{
			Name:  "page-imports-point-one-way",
			Why:   "pages → ui → agent client → generated api: what is below can be tested without what is above",
			Check: pageImports,
		},
		{
			Name:  "page-features-do-not-meet",
			Why:   "a feature of the pages is one folder and one line in the list of slices; what two of them need lies in ui/lib, and where one draws in another it has a place there",
			Check: featureImports,
		},
	}
}

// eachLine reports the lines of code that match; comments are not code.
func eachLine(applies func(TextFile) bool, forbidden *regexp.Regexp, what string) func(*Tree) []Violation {
	return func(tree *Tree) []Violation {
		var found []Violation
		for _, file := range tree.Text {
			if !applies(file) {
				continue
			}
			for i, line := range strings.Split(withoutComments(file.Data), "\n") {
				if forbidden.MatchString(line) {
					found = append(found, Violation{file.Path, i + 1, what + ": " + strings.TrimSpace(line)})
				}
			}
		}
		return found
	}
}

// withoutComments blanks comments and keeps the lines.
func withoutComments(source string) string {
	source = blockComment.ReplaceAllStringFunc(source, func(comment string) string {
		return strings.Repeat("\n", strings.Count(comment, "\n"))
	})
	return lineComment.ReplaceAllString(source, "$1")
}

// pageImports orders the folders of extension/src; each may import itself and
// what is listed for it.
func pageImports(tree *Tree) []Violation {
	below := map[string][]string{
		"api":      nil,
		"agent":    {"api", "platform"},
		"platform": {"agent", "api"},
		"ui":       {"agent", "api", "platform"},
		"pages":    {"ui", "agent", "api", "platform"},
	}
	return eachPageImport(tree, func(from, to string) string {
		folder, _, _ := strings.Cut(from, "/")
		target, _, _ := strings.Cut(to, "/")
		allowed, known := below[folder]
		if _, ours := below[target]; !known || !ours || target == folder || contains(allowed, target) {
			return ""
		}
		return folder + " imports " + target
	})
}

// sliceList is the one list of the features of extension/src/ui.
const sliceList = "ui/app/slices"

// featureImports holds each folder of extension/src/ui to itself and ui/lib;
// the list of slices takes each feature by its index.
func featureImports(tree *Tree) []Violation {
	return eachPageImport(tree, func(from, to string) string {
		fromUI, ok := strings.CutPrefix(from, "ui/")
		toUI, into := strings.CutPrefix(to, "ui/")
		if !ok || !into {
			return ""
		}
		folder, _, _ := strings.Cut(fromUI, "/")
		target, inside, _ := strings.Cut(toUI, "/")
		if target == folder || target == "lib" {
			return ""
		}
		if strings.TrimSuffix(from, path.Ext(from)) == sliceList && inside == "" {
			return ""
		}
		return "ui/" + folder + " imports " + to
	})
}

// eachPageImport reports the imports for which forbidden says what is wrong
// with them. Both paths are from extension/src; what is imported may lack its
// ending.
func eachPageImport(tree *Tree, forbidden func(from, to string) string) []Violation {
	var found []Violation
	for _, file := range tree.Text {
		from, ok := strings.CutPrefix(file.Path, "extension/src/")
		if !ok || !file.TypeScript() {
			continue
		}
		for i, line := range strings.Split(withoutComments(file.Data), "\n") {
			for _, match := range imported.FindAllStringSubmatch(line, -1) {
				to, ok := strings.CutPrefix(path.Join(path.Dir(file.Path), match[1]), "extension/src/")
				if !ok {
					continue
				}
				if what := forbidden(from, to); what != "" {
					found = append(found, Violation{file.Path, i + 1, what})
				}
			}
		}
	}
	return found
}

func contains(list []string, s string) bool {
	for _, element := range list {
		if element == s {
			return true
		}
	}
	return false
}
