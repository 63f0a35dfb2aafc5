package clients

import "testing"

type can struct {
	Session
	Pipeliner
	Counter
	Commander
	Transactor
	Listener
	Pooler
	Cacher
}

func TestCapabilitiesOf(t *testing.T) {
	cases := []struct {
		session Session
		want    Capabilities
	}{
		{struct{ Session }{}, Capabilities{}},
		{struct {
			Session
			Pipeliner
			Commander
			Listener
			Cacher
		}{}, Capabilities{Pipeline: true, Command: true, Listen: true, Cache: true}},
		{struct {
			Session
			Counter
			Transactor
			Pooler
		}{}, Capabilities{Count: true, Transaction: true, Pool: true}},
		{can{}, Capabilities{true, true, true, true, true, true, true}},
	}
	for _, c := range cases {
		if got := CapabilitiesOf(c.session); got != c.want {
			t.Errorf("%T: %+v, want %+v", c.session, got, c.want)
		}
	}
}

func TestAnswer(t *testing.T) {
	var a Answer
	fill := func() {
		a.SetList()
		a.Grow().SetText("text")
		nested := a.Grow()
		nested.SetList()
		nested.Grow().SetBytes([]byte("bytes"))
	}
	fill()
	if len(a.Items) != 2 || a.Items[0].Text != "text" || a.Items[1].Items[0].Text != "bytes" {
		t.Errorf("%+v", a)
	}
	for shape, set := range map[Shape]func(){
		Null: a.SetNull, Int: func() { a.SetBool(true) }, Text: func() { a.SetText("") }, List: a.SetList, Nothing: a.Reset,
	} {
		fill()
		if set(); a.Shape != shape || a.Text != "" || len(a.Items) != 0 || (a.Int != 0) != (shape == Int) {
			t.Errorf("shape %d: %+v", shape, a)
		}
	}
	fill()
	a.SetList()
	if first := a.Grow(); first.Shape != Nothing || first.Text != "" {
		t.Errorf("an element is not empty: %+v", first)
	}
	if n := testing.AllocsPerRun(100, func() { a.SetList(); a.Grow().SetInt(1); a.Grow().SetNull() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
