//go:build !linux && !darwin

package main

func openFiles() int64 { return 0 }

func freeSpace(string) (bytes uint64, known bool) { return 0, false }
