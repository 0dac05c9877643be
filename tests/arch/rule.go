package arch

import (
	"fmt"
	"sort"
)

// Violation is one place that breaks a rule.
type Violation struct {
	Path string
	Line int // 0: the whole file or folder
	What string
}

func (v Violation) String() string {
	if v.Line == 0 {
		return fmt.Sprintf("%s: %s", v.Path, v.What)
	}
	return fmt.Sprintf("%s:%d: %s", v.Path, v.Line, v.What)
}

// Rule is one thing that must hold everywhere, with the reason that a failure
// prints.
type Rule struct {
	Name  string
	Why   string
	Check func(*Tree) []Violation
}

// Rules are all of them.
func Rules() []Rule {
	var all []Rule
	all = append(all, importRules()...)
	all = append(all, worldRules(world())...)
	all = append(all, wayRules()...)
	all = append(all, goRules()...)
	all = append(all, pageRules()...)
	all = append(all, textRules()...)
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}
