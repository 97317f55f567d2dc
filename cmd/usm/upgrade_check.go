package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (a *app) upgradeCheckCommand() *cobra.Command {
	return a.upgrading(&cobra.Command{Use: "check"}, false, func(context.Context, *engine, []string) error { return nil })
}
func (a *app) upgradeDrainCommand() *cobra.Command {
	return a.upgrading(&cobra.Command{Use: "drain"}, false, func(context.Context, *engine, []string) error { return nil })
}
