// Package arch holds the rules that keep the house in order: who may import
// whom, what may stand where, and why. Its tests read every source file of the
// repository, build tags or not, and fail with the reason of the broken rule.
// Every package of the module has one line in the table of world.go.
//
// A rule is a function from a Tree to violations. The tree is any fs.FS, so
// that the rules themselves are tested against small planted trees.
package arch
