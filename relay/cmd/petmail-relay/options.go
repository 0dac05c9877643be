package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// errUsage marks what is wrong with the command line, the environment or the
// configuration file: exit code 2.
var errUsage = errors.New("see petmail-relay -h and petmail-relay config")

// commands are what the binary can do, and how many arguments each takes.
var commands = map[string]int{"": 0, "config": 0, "check": 0, "backup": 1, "restore": 1}

// options are a command and the effective configuration.
type options struct {
	config
	command string
	target  string            // of backup and restore
	url     string            // -url of check: the relay as others reach it
	source  map[string]string // by key: where a value came from; none: the default
}

// LogValue keeps options out of logs: the motd and the paths are the
// operator's own business.
func (o options) LogValue() slog.Value { return slog.StringValue("options") }

// parseOptions reads flags, environment and file, of which the earlier win.
func parseOptions(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	o := options{config: defaultConfig(), source: make(map[string]string)}
	flags := flag.NewFlagSet("petmail-relay", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { usage(stderr) }
	file := flags.String("config", getenv("PETMAIL_CONFIG"), "")
	url := flags.String("url", "", "")
	given := make(map[string]string)
	for _, s := range settings(&o.config) {
		take := func(text string) error {
			given[s.key] = text
			return nil
		}
		if s.isBool() {
			flags.BoolFunc(s.key, "", take)
		} else {
			flags.Func(s.key, "", take)
		}
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, errors.Join(err, errUsage)
	}
	rest := flags.Args()
	if len(rest) > 0 {
		o.command = rest[0]
		// Flags may follow the command, too.
		if err := flags.Parse(rest[1:]); err != nil {
			return o, errors.Join(err, errUsage)
		}
		rest = flags.Args()
	}
	count, known := commands[o.command]
	if !known || len(rest) != count {
		return o, fmt.Errorf("unknown command or wrong arguments: %q\n%w", append([]string{o.command}, rest...), errUsage)
	}
	if count == 1 {
		o.target = rest[0]
	}
	if o.url = *url; o.url != "" && o.command != "check" {
		return o, fmt.Errorf("-url goes with check\n%w", errUsage)
	}

	if *file != "" {
		if err := readConfigFile(&o.config, *file, o.source); err != nil {
			return o, errors.Join(err, errUsage)
		}
	}
	for _, s := range settings(&o.config) {
		if text := getenv(s.env()); text != "" {
			if err := s.set(text); err != nil {
				return o, fmt.Errorf("%s: %w\n%w", s.env(), err, errUsage)
			}
			o.source[s.key] = s.env()
		}
		if text, ok := given[s.key]; ok {
			if err := s.set(text); err != nil {
				return o, fmt.Errorf("-%s: %w\n%w", s.key, err, errUsage)
			}
			o.source[s.key] = "-" + s.key
		}
	}
	if err := o.validate(); err != nil {
		return o, errors.Join(err, errUsage)
	}
	return o, nil
}

func usage(w io.Writer) {
	fmt.Fprint(w, `usage: petmail-relay [flags]                 serve
       petmail-relay [flags] config          print the effective configuration, as a file
       petmail-relay [flags] check [-url URL]  say what is wrong with a set-up
       petmail-relay [flags] backup FILE     copy the data of a relay, running or not
       petmail-relay [flags] restore FILE    put a backup into an empty data folder

Flags win over the environment, and that over the file (-config, PETMAIL_CONFIG).

  -config file
`)
	c := defaultConfig()
	for _, s := range settings(&c) {
		fmt.Fprintf(w, "  -%s %s (%s)\n", s.key, s.arg, s.env())
		for _, line := range wrap(s.help, 74) {
			fmt.Fprintln(w, "     ", line)
		}
	}
}

// printConfig writes the effective configuration as a file that -config
// takes, each setting with its documentation and where its value came from.
func printConfig(w io.Writer, o options) error {
	var b strings.Builder
	b.WriteString("# Petmail relay. Flags and the environment (PETMAIL_KEY) win over this file.\n")
	defaults := defaultConfig()
	byDefault := settings(&defaults)
	for i, s := range settings(&o.config) {
		if s.group != "" {
			fmt.Fprintf(&b, "\n## %s\n", s.group)
		}
		b.WriteByte('\n')
		for _, line := range wrap(s.help, 76) {
			b.WriteString("# " + line + "\n")
		}
		if from := o.source[s.key]; from != "" {
			fmt.Fprintf(&b, "# Set by %s; default: %s\n", from, orNone(byDefault[i].text()))
		}
		value, err := yaml.Marshal(map[string]any{s.key: plain(s)})
		if err != nil {
			return fmt.Errorf("couldn't print %s: %w", s.key, err)
		}
		b.Write(value)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// plain is a value as YAML knows it.
func plain(s setting) any {
	if s.isList() {
		var parts list
		if err := parts.UnmarshalText([]byte(s.text())); err != nil || parts == nil {
			return []string{}
		}
		return []string(parts)
	}
	switch v := s.value.Interface().(type) {
	case bool, int64:
		return v
	}
	return s.text()
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// wrap breaks a text into lines of at most width bytes, where it has spaces.
func wrap(text string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(text) {
		last := len(lines) - 1
		switch {
		case lines[last] == "":
			lines[last] = word
		case len(lines[last])+1+len(word) > width:
			lines = append(lines, word)
		default:
			lines[last] += " " + word
		}
	}
	return slices.DeleteFunc(lines, func(l string) bool { return l == "" })
}
