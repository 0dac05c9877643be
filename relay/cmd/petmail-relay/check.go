package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"petmail/relay/native"
)

// check looks at a set-up without changing it and says what it found.
func check(ctx context.Context, o options, stdout io.Writer) error {
	if _, err := fs.Stat(webFiles, "web/index.html"); err != nil {
		fmt.Fprintln(stdout, "note: this binary was built without the web app; run make run or make package")
	}
	problems, err := native.Check(ctx, o.data)
	if err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintln(stdout, "problem:", p)
	}
	if len(problems) > 0 {
		return errors.New("the data folder needs attention")
	}
	fmt.Fprintln(stdout, "the data folder is in order")
	return nil
}
