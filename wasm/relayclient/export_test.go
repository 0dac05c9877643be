//go:build !js

package relayclient

import "time"

// For the tests in relayclient_test, which run against the real relay.

type PipeListener = pipeListener

var NewPipeListener = newPipeListener

type Watch[T any] struct{ watch[T] }

func NewWatch[T any]() Watch[T] { return Watch[T]{newWatch[T]()} }

func Pass(d time.Duration) { pass(d) }
