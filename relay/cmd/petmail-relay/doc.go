// Command petmail-relay is a Petmail relay with the web app inside.
//
//	petmail-relay [flags]           serve
//	petmail-relay backup FILE       copy the data of a relay, running or not
//	petmail-relay check             say what is wrong with the data folder
//
// Flags win over the environment. It prints one line, the link to open, on
// standard output when it is ready, and logs to standard error. SIGINT and
// SIGTERM end it cleanly. docs/operating.md says more.
package main
