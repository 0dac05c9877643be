package main

import (
	"fmt"
	"os"

	"github.com/nats-io/nats-server/v2/server"
)

// main runs a server with the configuration file that is the only argument.
func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("usage: natsserver CONFIGURATION")
	}
	options, err := server.ProcessConfigFile(os.Args[1])
	if err != nil {
		return fmt.Errorf("couldn't read the configuration: %w", err)
	}
	s, err := server.NewServer(options)
	if err != nil {
		return fmt.Errorf("couldn't make the server: %w", err)
	}
	s.ConfigureLogger()
	s.Start()
	s.WaitForShutdown()
	return nil
}
