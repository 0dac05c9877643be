//go:build linux || darwin

package main

import "syscall"

// openFiles is how many files the process may open; 0: not known.
func openFiles() int64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return int64(min(limit.Cur, 1<<40))
}

// freeSpace is how many bytes the folder's disk can still take; known is
// false where that can't be told.
func freeSpace(folder string) (bytes uint64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
