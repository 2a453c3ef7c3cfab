package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Plays one scenario against a target, through the proxy that HTTPS_PROXY names.
func ask(target, scenario string) error {
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	play, ok := scenarios[scenario]
	if !ok {
		return fmt.Errorf("no scenario %q", scenario)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return play(client{connection}, ctx)
}

var scenarios = map[string]func(client, context.Context) error{
	"two hundred calls": func(c client, ctx context.Context) error { return c.many(ctx, 200, 1) },
	"at once":           func(c client, ctx context.Context) error { return c.many(ctx, 100, 100) },
	"until told":        client.untilTold,
	"user test": func(c client, ctx context.Context) error {
		return c.many(metadata.AppendToOutgoingContext(ctx, "user", "test"), 5, 1)
	},
	"metadata":        client.metadata,
	"fail 7":          func(c client, ctx context.Context) error { return c.failing(ctx, "fail 7") },
	"large message":   client.largeMessage,
	"count":           client.count,
	"collect":         func(c client, ctx context.Context) error { return c.collect(ctx, "a", "b", "c") },
	"collect, enough": func(c client, ctx context.Context) error { return c.collect(ctx, "a", "enough") },
	"talk":            client.talk,
	"deadline":        client.deadline,
	"wait":            func(c client, ctx context.Context) error { return c.failing(ctx, "wait") },
	"cancel":          client.cancel,
}

type client struct{ *grpc.ClientConn }

func (c client) say(ctx context.Context, text string, options ...grpc.CallOption) (string, error) {
	var answer message
	err := c.Invoke(ctx, "/hello.Greeter/Say", &message{Value: text}, &answer, options...)
	return answer.Value, err
}

// Tells how many calls had which answer.
func (c client) many(ctx context.Context, calls, atOnce int) error {
	var lock sync.Mutex
	answers := map[string]int{}
	var group sync.WaitGroup
	for worker := range atOnce {
		group.Go(func() {
			for i := worker; i < calls; i += atOnce {
				answer, err := c.say(ctx, "hi")
				if err != nil {
					answer = err.Error()
				}
				lock.Lock()
				answers[answer]++
				lock.Unlock()
			}
		})
	}
	group.Wait()
	tell(map[string]any{"answers": answers})
	return nil
}

// Calls without a pause until a line comes, telling of the first.
func (c client) untilTold(ctx context.Context) error {
	told := make(chan struct{})
	go func() {
		bufio.NewScanner(os.Stdin).Scan()
		close(told)
	}()
	failures := map[string]int{}
	for calls := 0; ; calls++ {
		if _, err := c.say(ctx, "hi"); err != nil {
			failures[err.Error()]++
		}
		if calls == 0 {
			tell(map[string]any{"began": true})
		}
		select {
		case <-told:
			tell(map[string]any{"failures": failures})
			return nil
		default:
		}
	}
}

func (c client) metadata(ctx context.Context) error {
	var header, trailer metadata.MD
	ctx = metadata.AppendToOutgoingContext(ctx, "payload-bin", string([]byte{0, 1, 254, 255}))
	_, err := c.say(ctx, "hi", grpc.Header(&header), grpc.Trailer(&trailer))
	if err != nil {
		return err
	}
	tell(map[string]any{"echo": []byte(header.Get("echo-bin")[0]), "serverName": trailer.Get("server-name")})
	return nil
}

func (c client) failing(ctx context.Context, text string) error {
	_, err := c.say(ctx, text)
	tellStatus(err)
	return nil
}

// More than a window of HTTP/2 in both directions.
func (c client) largeMessage(ctx context.Context) error {
	text := strings.Repeat("x", 3*1024*1024)
	answer, err := c.say(ctx, text)
	if err != nil {
		return err
	}
	_, body, _ := strings.Cut(answer, ": ")
	tell(map[string]any{"same": body == text})
	return nil
}

func (c client) count(ctx context.Context) error {
	stream, err := c.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/hello.Greeter/Count")
	if err != nil {
		return err
	}
	if err := errors.Join(stream.SendMsg(&message{Value: "500"}), stream.CloseSend()); err != nil {
		return err
	}
	var numbers []string
	for {
		var number message
		err := stream.RecvMsg(&number)
		if errors.Is(err, io.EOF) {
			tell(map[string]any{"numbers": numbers})
			return nil
		}
		if err != nil {
			return err
		}
		numbers = append(numbers, number.Value)
	}
}

// The server's answer, which may come while parts are still sent.
func (c client) collect(ctx context.Context, parts ...string) error {
	stream, err := c.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true}, "/hello.Greeter/Collect")
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := stream.SendMsg(&message{Value: part}); err != nil {
			return err
		}
	}
	isEndless := parts[len(parts)-1] == "enough"
	if !isEndless {
		if err := stream.CloseSend(); err != nil {
			return err
		}
	}
	var answer message
	err = stream.RecvMsg(&answer)
	if err != nil {
		tellStatus(err)
		return nil
	}
	tell(map[string]any{"answer": answer.Value})
	return nil
}

// An answer to each word before the next is said.
func (c client) talk(ctx context.Context) error {
	stream, err := c.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/hello.Greeter/Talk")
	if err != nil {
		return err
	}
	var heard []string
	for _, word := range []string{"one", "two", "three"} {
		var answer message
		if err := errors.Join(stream.SendMsg(&message{Value: word}), stream.RecvMsg(&answer)); err != nil {
			return err
		}
		heard = append(heard, answer.Value)
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	end := stream.RecvMsg(&message{})
	tell(map[string]any{"heard": heard, "ended": errors.Is(end, io.EOF)})
	return nil
}

func (c client) deadline(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	return c.failing(ctx, "wait")
}

// Gives a call up in its middle.
func (c client) cancel(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/hello.Greeter/Talk")
	if err != nil {
		return err
	}
	var answer message
	if err := errors.Join(stream.SendMsg(&message{Value: "one"}), stream.RecvMsg(&answer)); err != nil {
		return err
	}
	cancel()
	tellStatus(stream.RecvMsg(&answer))
	// The connection stays: the server hears of this call alone.
	_, err = c.say(context.Background(), "hi")
	return err
}

func tellStatus(err error) {
	tell(map[string]any{"code": status.Code(err).String(), "message": status.Convert(err).Message()})
}
