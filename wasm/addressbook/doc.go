// Package addressbook holds what a person knows of a contact beyond the
// conversation itself: petname, how they met, whether their keys were
// compared, and an alarm when a key changes. It has no I/O.
package addressbook
