package main
import "context"
func measureRendezvous(context.Context, settings, *report) error {return nil}
func measureDoors(context.Context, settings, *report) error {return nil}
