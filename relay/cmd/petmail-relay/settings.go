package main

import (
	"encoding"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
)

// list is a setting of several texts, with commas between them where it is
// one text.
type list []string

func (l *list) UnmarshalText(text []byte) error {
	*l = nil
	for part := range strings.SplitSeq(string(text), ",") {
		if part = strings.TrimSpace(part); part != "" {
			*l = append(*l, part)
		}
	}
	return nil
}

func (l list) MarshalText() ([]byte, error) { return []byte(strings.Join(l, ", ")), nil }

// prefixes are networks, or addresses as networks of one.
type prefixes []netip.Prefix

func (p *prefixes) UnmarshalText(text []byte) error {
	var parts list
	if err := parts.UnmarshalText(text); err != nil {
		return err
	}
	*p = nil
	for _, part := range parts {
		if addr, err := netip.ParseAddr(part); err == nil {
			*p = append(*p, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(part)
		if err != nil {
			return fmt.Errorf("%q is no address or network such as 10.0.0.0/8", part)
		}
		*p = append(*p, network.Masked())
	}
	return nil
}

func (p prefixes) MarshalText() ([]byte, error) {
	texts := make(list, len(p))
	for i, network := range p {
		texts[i] = network.String()
	}
	return texts.MarshalText()
}

// setting is one field of a config.
type setting struct {
	key, arg, group, help string
	value                 reflect.Value // addressable
	min, max              int64         // of numbers
}

// settings lists the fields of c in their order.
func settings(c *config) []setting {
	value := reflect.ValueOf(c).Elem()
	all := make([]setting, value.NumField())
	for i := range all {
		tag := value.Type().Field(i).Tag
		all[i] = setting{
			key: tag.Get("key"), arg: tag.Get("arg"), group: tag.Get("group"), help: tag.Get("help"),
			value: value.Field(i), min: bound(tag.Get("min")), max: bound(tag.Get("max")),
		}
	}
	return all
}

// bound reads a tag that this package wrote; without one it is 0.
func bound(tag string) int64 {
	n, err := strconv.ParseInt(tag, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// env is the name of the setting's variable.
func (s setting) env() string {
	return "PETMAIL_" + strings.ToUpper(strings.ReplaceAll(s.key, "-", "_"))
}

func (s setting) isList() bool { return s.value.Kind() == reflect.Slice }

func (s setting) isBool() bool { return s.value.Kind() == reflect.Bool }

// set takes a value as text. The error does not name the setting.
func (s setting) set(text string) error {
	if u, ok := s.value.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch s.value.Kind() {
	case reflect.String:
		s.value.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		s.value.SetBool(b)
	case reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < s.min || n > s.max {
			return fmt.Errorf("%q is not a whole number from %d to %d", text, s.min, s.max)
		}
		s.value.SetInt(n)
	default:
		return errors.New("this setting can't be set")
	}
	return nil
}

// text is the value in the form that set takes.
func (s setting) text() string {
	if level, ok := s.value.Interface().(slog.Level); ok {
		return strings.ToLower(level.String())
	}
	if m, ok := s.value.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	return fmt.Sprint(s.value.Interface())
}
