package account

import (
	"encoding/json"
	"fmt"
	"slices"

	"petmail/shared/wire"
	"petmail/wasm/api"
	"petmail/wasm/turn"
)

// settings are the choices of the person on this agent, as they are stored:
// as JSON, unlike all other records.
type settings struct {
	Notifications bool   `json:"notifications"`
	Language      string `json:"language"` // "", "en", "de"; "": the browser's
	QuickReceipts bool   `json:"quickReceipts"`
	AutoLock      int    `json:"autoLock,omitempty"` // minutes; 0: never
}

// set replaces them all.
func (p *Part) set(t turn.Turn, args api.Settings) (api.None, error) {
	if !slices.Contains([]string{"", "en", "de"}, args.Language) {
		return api.None{}, turn.Refuse(api.ErrBadRequest, "unknown language")
	}
	if !slices.Contains([]int{0, 1, 5, 15, 60}, args.AutoLock) {
		return api.None{}, turn.Refuse(api.ErrBadRequest, "unknown time until the lock")
	}
	p.settings = settings(args)
	p.saveSettings(t)
	t.Emit(api.EventSettings.Of(args))
	return api.None{}, nil
}

func (p *Part) saveSettings(t turn.Turn) {
	b, err := json.Marshal(p.settings)
	if err != nil {
		t.Fail(err)
	}
	t.PutBytes(p.settingsKind, wire.ID{}, "", b)
}

func (p *Part) loadSettings(r turn.Reader) (s settings, err error) {
	b, err := r.Get(p.settingsKind, wire.ID{}, "")
	if err == nil && b != nil {
		if err = json.Unmarshal(b, &s); err != nil {
			err = fmt.Errorf("couldn't decode settings: %w", err)
		}
	}
	return s, err
}
