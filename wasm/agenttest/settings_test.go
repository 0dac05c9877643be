package agenttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"petmail/wasm/api"
)

// TestSettingsStay: they are stored as every version has stored them.
func TestSettingsStay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *World, ada, bob *Person) {
		for _, c := range []struct {
			settings api.Settings
			stored   string
		}{
			{api.Settings{Notifications: true, Language: "de", QuickReceipts: true, AutoLock: 15}, `{"notifications":true,"language":"de","quickReceipts":true,"autoLock":15}`},
			{api.Settings{}, `{"notifications":false,"language":"","quickReceipts":false}`},
		} {
			ada.do(api.CmdSettings, c.settings, nil)
			records := ada.stored("settings")
			require.Len(t, records, 1)
			require.Equal(t, c.stored, string(records[0].Value))
			ada.Restart()
			require.Equal(t, c.settings, ada.Snapshot().Settings)
		}
		for name, settings := range map[string]api.Settings{
			"language":  {Language: "xx"},
			"auto lock": {AutoLock: 7},
		} {
			require.Equal(t, api.ErrBadRequest, ada.Ask(api.CmdSettings, settings, nil).Code, name)
		}
	})
}
