package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxConfigFile bounds the file, in bytes.
const maxConfigFile = 1 << 20

// readConfigFile sets in c what the YAML file says. Errors name the line.
func readConfigFile(c *config, name string, source map[string]string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("couldn't open the configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfigFile+1))
	if err != nil {
		return fmt.Errorf("couldn't read the configuration: %w", err)
	}
	if len(data) > maxConfigFile {
		return fmt.Errorf("couldn't use %s: it is larger than 1 MiB", name)
	}
	found, err := parseConfig(c, data)
	if err != nil {
		return fmt.Errorf("couldn't use %s: %w", name, err)
	}
	for key, line := range found {
		source[key] = fmt.Sprintf("%s line %d", name, line)
	}
	return nil
}

// parseConfig sets in c what a YAML document says: one mapping of keys to
// values or lists. It returns the line of each key. An unknown key, a key
// twice and a wrong value are errors that name their line.
func parseConfig(c *config, data []byte) (lines map[string]int, err error) {
	lines = make(map[string]int)
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return lines, nil // nothing but comments
	case err != nil:
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is a second document after the first")
	}
	root := document.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return lines, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: expected lines such as addr: localhost:8787", root.Line)
	}
	byKey := make(map[string]setting)
	for _, s := range settings(c) {
		byKey[s.key] = s
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		s, known := byKey[key.Value]
		if !known {
			return nil, fmt.Errorf("line %d: there is no setting %q", key.Line, key.Value)
		}
		if line, twice := lines[s.key]; twice {
			return nil, fmt.Errorf("line %d: %s was set in line %d already", key.Line, s.key, line)
		}
		lines[s.key] = key.Line
		text, err := scalar(s, value)
		if err == nil {
			err = s.set(text)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", value.Line, s.key, err)
		}
	}
	return lines, nil
}

// scalar returns a node's value as one text.
func scalar(s setting, value *yaml.Node) (string, error) {
	switch {
	case value.Kind == yaml.ScalarNode && value.Tag == "!!null":
		return "", nil
	case value.Kind == yaml.ScalarNode:
		return value.Value, nil
	case value.Kind == yaml.SequenceNode && s.isList():
		parts := make([]string, len(value.Content))
		for i, part := range value.Content {
			if part.Kind != yaml.ScalarNode || strings.Contains(part.Value, ",") {
				return "", errors.New("expected a list of single values")
			}
			parts[i] = part.Value
		}
		return strings.Join(parts, ","), nil
	default:
		return "", errors.New("expected one value")
	}
}
