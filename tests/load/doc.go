// Command load measures the relay beside its peers, in one run on one disk:
// each system is started as a process of its own with its data in a fresh
// folder, and answers only what is durable. It prints Markdown, which
// scripts/bench.sh puts into docs/benchmarks.md.
//
// Peers that are not installed are named in the tables with what to install.
// All traffic stays on 127.0.0.1.
package main
