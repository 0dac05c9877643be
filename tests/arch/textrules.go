package arch

import (
	"regexp"
	"strings"
)

// The forbidden words are put together here so that this file does not hold
// them itself.
var (
	machinePath = regexp.MustCompile(`(^|[\s"'=(:` + "`" + `])/(` + strings.Join([]string{"work", "home", "root", "Users"}, "|") + `)/[\w.]`)
	unfinished  = regexp.MustCompile(`\b(` + strings.Join([]string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"}, "|") + `)\b`)
)

func textRules() []Rule {
	everything := func(f TextFile) bool { return true }
	return []Rule{
		{
			Name:  "no-machine-paths",
			Why:   "a path of one machine works on that machine only",
			Check: matching(everything, machinePath, "names a path of one machine"),
		},
		{
			Name:  "nothing-unfinished",
			Why:   "a note to finish something belongs into an issue, where somebody sees it",
			Check: matching(everything, unfinished, "is marked as unfinished"),
		},
	}
}

func matching(applies func(TextFile) bool, forbidden *regexp.Regexp, what string) func(*Tree) []Violation {
	return func(tree *Tree) []Violation {
		var found []Violation
		for _, file := range tree.Text {
			if !applies(file) {
				continue
			}
			for i, line := range strings.Split(file.Data, "\n") {
				if forbidden.MatchString(line) {
					found = append(found, Violation{file.Path, i + 1, what + ": " + shorten(strings.TrimSpace(line))})
				}
			}
		}
		return found
	}
}

func shorten(s string) string {
	const most = 100 // characters of a line that a failure shows
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
