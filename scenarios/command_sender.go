package scenarios

import (
	"strconv"
	"unsafe"

	"respbench.dev/respbench/clients"
)

// A lineSender builds the command of one line for one worker, again and again in
// the same memory, and checks what comes back.
type lineSender struct {
	commandLine
	kind  int
	data  *Data
	sets  keySets
	call  clients.Call
	made  []int    // words that are not always the same
	texts [][]byte // what these are put together in, by word
	ids   []int    // of the keys of this call
	own   []*keySet
	check func(*lineSender, *clients.Answer) error
	reply clients.Reply
}

func newLineSender(c commandLine, kind int, d *Data, sets keySets) *lineSender {
	s := &lineSender{commandLine: c, kind: kind, data: d, sets: sets, check: (*lineSender).checkAny}
	s.call.Words, s.texts = make([]string, len(c.words)), make([][]byte, len(c.words))
	if len(c.keys) > 0 {
		s.call.Key = c.keys[0]
	}
	for i, w := range c.words {
		text, fixed := w.literal()
		if s.call.Words[i] = text; !fixed {
			s.made = append(s.made, i)
		}
		for _, p := range w {
			if p.form == keyPart {
				s.own = append(s.own, sets[c.setNamed(p)])
			}
		}
	}
	switch {
	case c.reads() && c.name == "GET":
		s.check = (*lineSender).checkValue
	case c.reads():
		s.check = (*lineSender).checkValues
	case c.writesValues():
		s.check = (*lineSender).checkOK
	}
	return s
}

// fill makes the words of the next command.
func (s *lineSender) fill() {
	s.ids = s.ids[:0]
	for _, i := range s.made {
		w := s.words[i]
		if len(w) == 1 && w[0].form != numberPart {
			s.call.Words[i] = s.textOf(w[0])
			continue
		}
		text := s.texts[i][:0]
		for _, p := range w {
			if p.form == numberPart {
				text = strconv.AppendInt(text, p.least+int64(s.data.picker.Below(p.count)), 10)
			} else {
				text = append(text, s.textOf(p)...)
			}
		}
		s.texts[i] = text
		s.call.Words[i] = unsafe.String(unsafe.SliceData(text), len(text))
	}
}

// textOf is what stands for a part: of a value, one of the key before it.
func (s *lineSender) textOf(p part) string {
	switch p.form {
	case keyPart:
		return s.nextKey()
	case valuePart:
		id := 0
		if n := len(s.ids); n > 0 {
			id = s.ids[n-1]
		}
		return string(s.data.SharedValue(id))
	}
	return p.text
}

func (s *lineSender) nextKey() string {
	set := s.own[len(s.ids)]
	key := s.data.picker.Next()
	s.ids = append(s.ids, key)
	if set == nil {
		return s.data.material.keys.At(key)
	}
	return set.give(key)
}

// checkAny wants a reply, whatever it is.
func (s *lineSender) checkAny(a *clients.Answer) error {
	if a.Shape == clients.Nothing {
		return s.wrong(a, 0)
	}
	return nil
}

func (s *lineSender) checkOK(a *clients.Answer) error {
	if a.Shape != clients.Text || a.Text != "OK" {
		return s.wrong(a, len("OK"))
	}
	return nil
}

// checkValue wants a value of the key. One that is missing was evicted, say:
// this is counted and is no error.
func (s *lineSender) checkValue(a *clients.Answer) error {
	misses, err := s.compare(a, 0)
	if err == nil {
		s.data.Worker.Read(s.kind, 1-misses, misses, misses)
	}
	return err
}

func (s *lineSender) checkValues(a *clients.Answer) error {
	if a.Shape != clients.List || len(a.Items) != len(s.keys) {
		return s.wrong(a, 0)
	}
	misses := 0
	for i := range a.Items {
		missing, err := s.compare(&a.Items[i], i)
		if err != nil {
			return err
		}
		misses += missing
	}
	s.data.Worker.Read(s.kind, len(s.keys)-misses, misses, misses)
	return nil
}

// compare wants a value of key i of the call, and returns 1 if it is missing.
func (s *lineSender) compare(a *clients.Answer, i int) (missing int, err error) {
	if a.Shape == clients.Null {
		return 1, nil
	}
	s.reply.Reset()
	if a.Shape == clients.Text {
		s.reply.String(a.Text)
	}
	return 0, s.data.CheckShared(&s.reply, s.ids[i], s.call.Words[s.keys[i]])
}

//go:noinline
func (s *lineSender) wrong(a *clients.Answer, want int) error {
	m := &clients.Mismatch{Key: s.name, Want: want, Got: -1, Miss: a.Shape == clients.Null}
	if s.call.Key > 0 {
		m.Key = s.call.Words[s.call.Key]
	}
	if a.Shape == clients.Text {
		m.Got = len(a.Text)
	}
	return m
}
