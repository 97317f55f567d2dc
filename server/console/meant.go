package console

// meaning is what somebody may have meant by what he typed where a list is narrowed by an id.
type meaning struct {
	Param string // of the address
	choice
}

// narrowedByID are the parameters of addresses that take an id, and what it is of.
var narrowedByID = []struct{ param, of string }{{"requester", ofPerson}, {"owner", ofPerson}, {"component", ofComponent}}

// meant finds people and components by their names where a list that was narrowed by what should be an id has nothing: nobody has to
// know ids. There is none where the list is of something.
func (v *visit) meant(listed int) (all []meaning, err error) {
	if listed > 0 || v.query("cursor") != "" {
		return nil, nil
	}
	for _, by := range narrowedByID {
		words := v.query(by.param)
		if words == "" {
			continue
		}
		found, _, err := v.found(by.of, v.query("domain"), words)
		if err != nil {
			return nil, err
		}
		for i, o := range found {
			if o.Value != words && !hasChoice(found[:i], o.Value) { // somebody may be of several domains
				all = append(all, meaning{by.param, o})
			}
		}
	}
	return all, nil
}
