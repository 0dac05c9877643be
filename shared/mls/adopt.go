package mls

import "bytes"

// Adopt enters the epoch of a candidate that has won. It is Candidate.Next,
// with what happened meanwhile on s, the state that followed
// Candidate.Current: keys used up in the epoch that ends stay used up. now is
// the time in Unix seconds.
func (s *State) Adopt(next *State, now int64) (*State, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	if next.ep == nil || !bytes.Equal(next.ep.context.groupID, s.ep.context.groupID) ||
		next.ep.context.epoch != s.ep.context.epoch+1 {
		return nil, invalid("candidate is not of the epoch after this one")
	}
	for _, p := range next.past {
		if p.epoch == s.ep.context.epoch && !bytes.Equal(p.contextRaw, s.ep.contextRaw) {
			return nil, invalid("candidate is of another branch of the group")
		}
	}
	adopted := *next
	adopted.past = s.endEpoch(s.keys, now)
	return &adopted, nil
}
