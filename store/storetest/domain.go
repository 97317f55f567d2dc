package storetest

import "github.com/usm-works/usm/usm"

// Domain returns a small valid domain with the id "it": two customers, one of them without an agreement, two people or more
// for each profile, and every step performed by people. Change a copy to test something else.
//
//	eve, ed      customer hq (ed in the north), which has an agreement for "mail" and "web"
//	pat          customer lab, which has no agreement
//	olga, omar   operator       carl, cora   coordinator       mia, max   manager (all of them provider: no customer)
//	joe          known, neither authorised nor with a profile
func Domain() usm.Domain {
	return usm.Domain{
		ID: "it", Name: "IT test", TimeZone: "Europe/Amsterdam",
		Calendar:   usm.Calendar{Hours: map[string][]string{"mon": {"08:00-17:00"}}},
		Categories: []usm.Category{{ID: "hardware", Name: "Hardware"}, {ID: "software", Name: "Software"}},
		Profiles: []usm.Profile{
			{ID: "operator", Name: "Operator", Class: usm.Operator},
			{ID: "coordinator", Name: "Coordinator", Class: usm.Coordinator},
			{ID: "manager", Name: "Manager", Class: usm.Manager},
		},
		People: []usm.Person{
			{ID: "eve", Name: "Eve", Customer: "hq"},
			{ID: "ed", Name: "Ed", Customer: "hq", Site: "north"},
			{ID: "pat", Name: "Pat", Customer: "lab"},
			{ID: "joe", Name: "Joe"},
			{ID: "olga", Name: "Olga", Profiles: []string{"operator"}},
			{ID: "omar", Name: "Omar", Profiles: []string{"operator"}},
			{ID: "carl", Name: "Carl", Profiles: []string{"coordinator"}},
			{ID: "cora", Name: "Cora", Profiles: []string{"coordinator"}},
			{ID: "mia", Name: "Mia", Profiles: []string{"manager"}},
			{ID: "max", Name: "Max", Profiles: []string{"manager"}},
		},
		Customers: []usm.Party{{ID: "hq", Name: "Headquarters"}, {ID: "lab", Name: "Laboratory"}},
		Teams:     []usm.Party{{ID: "desk", Name: "Desk"}, {ID: "vendor", Name: "Vendor", External: true}},
		Services:  []usm.Service{service("mail", "Mail"), service("web", "Web")},
		Catalogue: []usm.Item{{ID: "mailbox", Name: "Mailbox", Service: "mail", Type: usm.ServiceRequest}},
		Agreements: []usm.Agreement{
			{ID: "sa-hq", Type: usm.SA, Customer: "hq", Provider: "it", Services: []string{"mail", "web"}, Under: []string{"uc-vendor"}},
			{ID: "uc-vendor", Type: usm.UC, Customer: "it", Provider: "vendor", Services: []string{"web"}},
		},
		Components: []usm.Component{
			{ID: "srv-1", Name: "Server 1", Type: "server", Status: "in_use", Service: "mail", Attributes: map[string]any{"cpu": 4}},
			{ID: "disk-1", Name: "Disk 1", Type: "disk", Status: "in_use", Relations: []usm.Relation{{Kind: "part_of", To: "srv-1"}}},
		},
		Solutions:  []usm.Solution{{ID: "restart", Title: "Restart the service", Symptom: "No answer", Text: "Restart it"}},
		Procedures: procedures(),
	}
}

func service(id, name string) usm.Service {
	return usm.Service{ID: id, Name: name, Owner: "manager", Specification: usm.Specification{
		Facility: usm.Facility{Functionality: []string{name + " for everybody"}},
	}}
}

func procedures() []usm.Procedure {
	var all []usm.Procedure
	for _, process := range usm.Processes() {
		all = append(all, usm.Procedure{
			Process: process, Default: usm.ProcedureStep{Accountable: "coordinator", Responsible: []string{"operator"}},
		})
	}
	return all
}
