package usm

// MayDelegate refuses a delegation that the caller may not make: people let others act for themselves; who coordinates the
// domain makes them for others too, and never appoints himself.
func MayDelegate(caller Caller, d Delegation) *Error {
	me := caller.Token.Person
	switch {
	case me == "":
		return Errorf(CodeForbidden, "this token stands for no person, and only people stand in for each other")
	case d.Person == me:
		return nil
	case d.To == me:
		return Errorf(CodeForbidden, "nobody makes himself stand in for another: %s does, or another coordinator", d.Person)
	}
	_, refusal := mayCoordinate(caller, CallView{Domain: d.Domain}, "makes delegations of others")
	return refusal
}

// MayRevoke refuses to end a delegation for whom it is none of his business: the two people of it, and who coordinates the
// domain, end it.
func MayRevoke(caller Caller, d Delegation) *Error {
	if me := caller.Token.Person; me != "" && (me == d.Person || me == d.To) {
		return nil
	}
	_, refusal := mayCoordinate(caller, CallView{Domain: d.Domain}, "ends delegations of others")
	return refusal
}
