package raw

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"respbench.dev/respbench/clients"
	"respbench.dev/respbench/internal/resp"
)

func (s *session) Do(ctx context.Context, call clients.Call, into *clients.Answer) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	if call.Blocks {
		return s.wait(ctx, call, into)
	}
	return s.do(call, into)
}

func (s *session) do(call clients.Call, into *clients.Answer) error {
	s.out, s.bodies = resp.AppendCommand(s.out[:0], call.Words...), s.bodies[:0]
	if err := s.write(); err != nil {
		return s.broken(err)
	}
	return s.checked(s.readAnswer(into))
}

// wait has no deadline: the server ends the call, or else ctx or Close.
func (s *session) wait(ctx context.Context, call clients.Call, into *clients.Answer) error {
	conn := s.conn
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return s.broken(err)
	}
	s.extend = math.MaxInt64
	stop := context.AfterFunc(ctx, func() { _ = s.client.drop(conn) })
	err := s.do(call, into)
	s.extend = 0
	if stop() {
		return err
	}
	_ = s.hangUp()
	if err == nil { // the reply was faster
		return nil
	}
	return fmt.Errorf("%s: %w", call.Words[0], context.Cause(ctx))
}

// errAborted is EXEC's null.
const errAborted = ServerError("the transaction was aborted: a watched key has changed")

// Transact writes all commands at once and then reads all replies.
func (s *session) Transact(ctx context.Context, calls []clients.Call, into []clients.Answer) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	s.out, s.bodies = resp.AppendCommand(s.out[:0], "MULTI"), s.bodies[:0]
	for i := range calls {
		s.out = resp.AppendCommand(s.out, calls[i].Words...)
	}
	s.out = resp.AppendCommand(s.out, "EXEC")
	if err := s.write(); err != nil {
		return s.broken(err)
	}
	queued, err := s.readQueued(len(calls))
	if err == nil {
		err = cmp.Or(queued, s.readExec(into))
	}
	return s.checked(err)
}

// readQueued reads what comes before the reply to EXEC. What the server refuses
// it returns apart from what ends the reading.
func (s *session) readQueued(calls int) (refused, err error) {
	for range 1 + calls { // MULTI is answered too
		kind, body, err := s.reader.ReadScalar()
		switch {
		case err != nil:
			return nil, err
		case kind == resp.Error:
			refused = cmp.Or(refused, error(ServerError(body)))
		case kind != resp.Simple:
			return nil, unexpected(byte(kind), "a command of a transaction")
		}
	}
	return refused, nil
}

// readExec reads on after an error of one of the calls.
func (s *session) readExec(into []clients.Answer) error {
	kind, body, n, err := s.reader.ReadPart()
	switch {
	case err != nil:
		return err
	case kind == resp.Error:
		return ServerError(body)
	case kind == resp.Null:
		return errAborted
	case kind != resp.Array || n != len(into):
		return fmt.Errorf("unexpected reply of type %q and length %d to EXEC of %d", byte(kind), n, len(into))
	}
	var first error
	for i := range into {
		err := s.readPart(&into[i], resp.MaxNested)
		if err != nil && !isServerError(err) {
			return err
		}
		first = cmp.Or(first, err)
	}
	return first
}
