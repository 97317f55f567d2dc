package console

import (
	"strconv"

	"github.com/usm-works/usm/client"
	"github.com/usm-works/usm/usm"
)

// workPage is what somebody may act on now.
type workPage struct {
	Calls   []usm.CallView // most urgent first
	Next    string
	Domains []string
	Refused []refusedCall // of those that were to be claimed
}

// refusedCall is a call for which an action was refused, and why.
type refusedCall struct{ Number, Why string }

// work shows what somebody may act on now.
func (s *site) work(v *visit) (page, error) {
	p, err := v.readWork()
	return page{Place: "work", Title: v.T("work.title"), Body: work(v, p)}, err
}

func (v *visit) readWork() (workPage, error) {
	calls, next, err := v.api.Work(v.ctx(), v.page(50))
	if err != nil {
		return workPage{}, err
	}
	return workPage{Calls: calls, Next: next}, nil
}

// claimWork keeps the open steps of the marked calls for whoever asks. What is refused is told, and keeps the others from nothing.
func (s *site) claimWork(v *visit) (page, error) {
	var refused []refusedCall
	numbers := v.c.PostFormArray("call")
	for i, number := range numbers {
		_, err := v.api.Claim(v.ctx(), number, "", client.WithKey(v.key()+"-"+strconv.Itoa(i)))
		if away(err) {
			return page{}, err
		}
		if err != nil {
			refused = append(refused, refusedCall{number, err.Error()})
		}
	}
	if len(refused) == 0 {
		return see("/work?said=claimed"), nil
	}
	p, err := v.readWork()
	p.Refused = refused
	return page{Place: "work", Title: v.T("work.title"), Body: work(v, p), Status: 409}, err
}
