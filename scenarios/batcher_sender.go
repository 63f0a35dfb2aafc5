package scenarios

import (
	"context"
	"sync/atomic"

	"respbench.dev/respbench/clients"
)

// commandCount is for one goroutine that counts, and others that look.
type commandCount struct{ done, tried atomic.Int64 }

// add takes commands that were sent, and what became of them.
func (c *commandCount) add(n int, err error) {
	c.tried.Add(int64(n))
	if err == nil {
		c.done.Add(int64(n))
	}
}

func (c *commandCount) sent() Sent { return Sent{Done: c.done.Load(), Tried: c.tried.Load()} }

// A multiKeySender sends reads as one MGET and writes as one MSET.
type multiKeySender struct {
	session    clients.Commander
	words      []string
	reply      clients.Answer
	mget, mset commandCount
}

func (m *multiKeySender) sent() map[string]Sent {
	return map[string]Sent{"MGET": m.mget.sent(), "MSET": m.mset.sent()}
}

func (m *multiKeySender) send(ctx context.Context, reads, writes []*pending) error {
	if len(reads) > 0 {
		if err := m.read(ctx, reads); err != nil {
			return err
		}
	}
	if len(writes) > 0 {
		return m.write(ctx, writes)
	}
	return nil
}

// read leaves a GET without a reply where the MGET's has none for it.
func (m *multiKeySender) read(ctx context.Context, reads []*pending) error {
	m.words = append(m.words[:0], "MGET")
	for _, p := range reads {
		m.words = append(m.words, p.key)
	}
	if err := m.do(ctx, &m.mget); err != nil {
		return err
	}
	if len(m.reply.Items) == len(reads) {
		for i, p := range reads {
			p.takeAnswer(&m.reply.Items[i])
		}
	}
	return nil
}

func (m *multiKeySender) write(ctx context.Context, writes []*pending) error {
	m.words = append(m.words[:0], "MSET")
	for _, p := range writes {
		m.words = append(m.words, p.key, string(p.value))
	}
	if err := m.do(ctx, &m.mset); err != nil {
		return err
	}
	const ok = "OK"
	if m.reply.Shape != clients.Text || m.reply.Text != ok {
		return &clients.Mismatch{Key: writes[0].key, Want: len(ok), Got: len(m.reply.Text)}
	}
	return nil
}

func (m *multiKeySender) do(ctx context.Context, count *commandCount) error {
	m.reply.Reset()
	err := m.session.Do(ctx, clients.Call{Words: m.words, Key: 1}, &m.reply)
	count.add(1, err)
	return err
}

// takeAnswer copies: the sender's next call uses the memory again.
func (p *pending) takeAnswer(a *clients.Answer) {
	switch a.Shape {
	case clients.Text:
		p.copied = append(p.copied[:0], a.Text...)
		p.reply.Bytes(p.copied)
	case clients.Null:
		p.reply.Miss()
	}
}

// A pipelineSender sends all in one explicit pipeline, which a library splits by
// slot.
type pipelineSender struct {
	session  clients.Pipeliner
	commands []clients.Command
	get, set commandCount
}

func (s *pipelineSender) sent() map[string]Sent {
	return map[string]Sent{"GET": s.get.sent(), "SET": s.set.sent()}
}

func (s *pipelineSender) send(ctx context.Context, reads, writes []*pending) error {
	s.commands = s.commands[:0]
	for _, p := range reads {
		s.commands = append(s.commands, clients.Command{Key: p.key, IsGet: true})
	}
	for _, p := range writes {
		s.commands = append(s.commands, clients.Command{Key: p.key, Value: p.value})
	}
	err := s.session.Pipeline(ctx, s.commands)
	s.get.add(len(reads), err)
	s.set.add(len(writes), err)
	if err != nil {
		return err
	}
	for i, p := range reads {
		p.takeReply(&s.commands[i].Reply)
	}
	return nil
}

// takeReply copies: the sender's next call uses the memory again.
func (p *pending) takeReply(r *clients.Reply) {
	switch {
	case r.IsMiss():
		p.reply.Miss()
	case r.Len() >= 0:
		p.copied = append(p.copied[:0], r.Text()...)
		p.reply.Bytes(p.copied)
	}
}
