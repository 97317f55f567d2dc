package usm

// CheckVote refuses a vote that cannot count whatever the state of its approval: CodeInvalid with the place, CodeStale with
// the digest of what is to be decided when it was given on another content.
func CheckVote(v Vote, reason, digest string) error {
	switch {
	case v.Decision != Approve && v.Decision != Reject && v.Decision != Abstain:
		return Invalid("/decision", "%q is none of approve, reject and abstain", v.Decision)
	case v.Decision == Reject && reason == "":
		return Invalid("/reason", "is required to reject")
	case v.Digest != digest:
		refusal := Errorf(CodeStale, "what is to be approved has changed since it was read")
		refusal.Digest = digest
		return refusal
	}
	return nil
}
