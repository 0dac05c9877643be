package mls

import "sync"

// maxAtOnce bounds the calls of a provider under way. A provider that waits
// for the platform, as one on WebCrypto does, then waits for many answers at
// once, and one that computes uses the processors there are.
const maxAtOnce = 32

// each calls f with 0 to n-1, several at a time, and waits for all it started.
// It starts no more once one has failed and returns the error of the first in
// order, as if they had been called one by one. f writes only to what belongs
// to its index. A panic of f becomes one of the caller, who may be ready for it.
func each(n int, f func(i int) error) error {
	if n == 1 {
		return f(0)
	}
	var (
		wg       sync.WaitGroup
		mu       sync.Mutex
		next     int
		first    = n // the lowest index that failed
		failed   error
		panicked any
	)
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		i := next
		next++
		return i, i < n && failed == nil && panicked == nil
	}
	work := func() {
		defer func() {
			if p := recover(); p != nil {
				mu.Lock()
				panicked = p
				mu.Unlock()
			}
		}()
		for i, ok := take(); ok; i, ok = take() {
			if err := f(i); err != nil {
				mu.Lock()
				if i < first {
					first, failed = i, err
				}
				mu.Unlock()
			}
		}
	}
	for range min(n, maxAtOnce) {
		wg.Go(work)
	}
	wg.Wait()
	if panicked != nil {
		panic(panicked)
	}
	return failed
}
