// Package file keeps a vault's root in a file of the operating system, for
// native agents: headless ones and tests. It is made once at its full size,
// overwritten in place and never truncated, so that on a file system that
// overwrites in place the bytes before are gone.
package file
