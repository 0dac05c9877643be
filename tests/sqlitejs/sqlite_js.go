package sqlitejs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall/js"
)

// DB is a database in memory. It is used by one goroutine at a time.
type DB struct{ db js.Value }

// Open opens an empty database with the sql.js that the npm package in folder,
// this one's, depends on. It returns once sql.js is compiled.
func Open(folder string) (_ *DB, err error) {
	defer caught(&err)
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("couldn't find sql.js: %w", err)
	}
	ready := make(chan js.Value, 1)
	failed := make(chan error, 1)
	then := js.FuncOf(func(_ js.Value, args []js.Value) any {
		ready <- args[0]
		return nil
	})
	defer then.Release()
	otherwise := js.FuncOf(func(_ js.Value, args []js.Value) any {
		failed <- errors.New(args[0].Call("toString").String())
		return nil
	})
	defer otherwise.Release()
	require := js.Global().Get("require").Invoke("module").Call("createRequire", filepath.Join(dir, folder)+"/")
	require.Invoke("sql.js").Invoke().Call("then", then, otherwise)
	select {
	case sql := <-ready:
		return &DB{db: sql.Get("Database").New()}, nil
	case err := <-failed:
		return nil, fmt.Errorf("couldn't start sql.js: %w", err)
	}
}

// Close frees the database.
func (d *DB) Close() (err error) {
	defer caught(&err)
	d.db.Call("close")
	return nil
}

// Exec runs a statement, or several without arguments, and returns how many
// rows the last one changed.
func (d *DB) Exec(query string, args ...any) (changed int64, err error) {
	defer caught(&err)
	if len(args) == 0 {
		d.db.Call("exec", query)
	} else {
		d.db.Call("run", query, bindings(args))
	}
	return int64(d.db.Call("getRowsModified").Int()), nil
}

// Query calls row for each row of the result and returns row's first error.
func (d *DB) Query(query string, row func(*Row) error, args ...any) (err error) {
	defer caught(&err)
	statement := d.db.Call("prepare", query)
	defer statement.Call("free")
	statement.Call("bind", bindings(args))
	for statement.Call("step").Bool() {
		if err := row(&Row{values: statement.Call("get")}); err != nil {
			return err
		}
	}
	return nil
}

// Row is one row of a result.
type Row struct{ values js.Value }

// Scan copies the row into *int64, *string and *[]byte.
func (r *Row) Scan(dest ...any) error {
	if n := r.values.Length(); n != len(dest) {
		return fmt.Errorf("couldn't scan %d columns into %d variables", n, len(dest))
	}
	for i, to := range dest {
		v := r.values.Index(i)
		switch to := to.(type) {
		case *int64:
			if v.Type() != js.TypeNumber {
				return fmt.Errorf("couldn't scan column %d: %s is no number", i, v.Type())
			}
			*to = int64(v.Float())
		case *string:
			if v.Type() != js.TypeString {
				return fmt.Errorf("couldn't scan column %d: %s is no text", i, v.Type())
			}
			*to = v.String()
		case *[]byte:
			if v.Type() != js.TypeObject {
				return fmt.Errorf("couldn't scan column %d: %s is no blob", i, v.Type())
			}
			*to = make([]byte, v.Length())
			js.CopyBytesToGo(*to, v)
		default:
			return fmt.Errorf("couldn't scan column %d into %T", i, to)
		}
	}
	return nil
}

func bindings(args []any) js.Value {
	list := js.Global().Get("Array").New(len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case int64:
			list.SetIndex(i, float64(arg))
		case string:
			list.SetIndex(i, arg)
		case []byte:
			bytes := js.Global().Get("Uint8Array").New(len(arg))
			js.CopyBytesToJS(bytes, arg)
			list.SetIndex(i, bytes)
		default:
			panic(fmt.Sprintf("sqlitejs: can't bind %T", arg))
		}
	}
	return list
}

// caught turns what JavaScript throws into an error.
func caught(err *error) {
	switch thrown := recover().(type) {
	case nil:
	case js.Error:
		*err = thrown
	default:
		panic(thrown)
	}
}
