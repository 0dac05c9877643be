package api

// Commands about saving what was said as a text.
const (
	CmdSave CommandKind[SaveArgs, SavePage] = "conversation.save"
)

// SaveArgs asks for the lines after After (SavePage.Next; empty: the first).
type SaveArgs struct {
	Conversation string `json:"conversation"`
	After        string `json:"after"`
}

// SavePage holds lines oldest first, at most MaxPage. Next goes on after them;
// empty: these were the last.
type SavePage struct {
	Redacted `json:"-" tstype:"-"`
	Lines    []SaveLine `json:"lines"`
	Next     string     `json:"next"`
}

// SaveLine is one message as it is shown. Text is set with KindText alone.
type SaveLine struct {
	Redacted `json:"-" tstype:"-"`
	Time     int64       `json:"time"` // unix ms: written (mine) or received
	Mine     bool        `json:"mine"`
	Kind     MessageKind `json:"kind"`
	Text     string      `json:"text"`
}
