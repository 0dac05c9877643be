// Package mlsgroup does with shared/mls what tests/bench-mls measures, the same
// in browsers and natively.
package mlsgroup
