//go:build !unix

package main

import "strings"

// inUse tells an address that another program listens on.
func inUse(err error) bool { return strings.Contains(err.Error(), "Only one usage") }
