// Command petmail-relay is a Petmail relay with the web app inside.
//
//	petmail-relay [flags]                   serve
//	petmail-relay [flags] config            print the effective configuration
//	petmail-relay [flags] check [-url URL]  say what is wrong with a set-up
//	petmail-relay [flags] backup FILE       copy the data of a relay, running or not
//	petmail-relay [flags] restore FILE      put a backup into an empty data folder
//
// Flags win over the environment (PETMAIL_*), and that over the file of
// -config. It prints one line, the link to open, on standard output when it
// is ready, and logs to standard error. SIGINT and SIGTERM end it cleanly;
// with TLS, SIGHUP makes it read its certificate again. Exit codes: 0, 1 for
// a failure or a problem found, 2 for wrong flags or configuration.
// docs/operating.md says more.
//
// # Goroutines
//
//	serve                  starts the one of native.Server.Serve; native.Server.Close
//	                       ends it
//	companions.start       starts one for each server beside it; companions.close ends
//	                       them and waits
//	onHangup               starts the one that waits for SIGHUP; stop ends it and waits
//	acmeCertificates.warm  starts the one that orders certificates; ctx ends it, after
//	                       the order that is under way
package main
