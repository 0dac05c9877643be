// Command natsserver is a NATS server with JetStream for comparisons: the
// unchanged github.com/nats-io/nats-server at a pinned version, in a module of
// its own so that Petmail does not depend on it.
package main
