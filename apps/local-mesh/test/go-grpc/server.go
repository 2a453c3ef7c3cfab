package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Few streams at a time, so that a hundred calls have to wait for each other.
const maxConcurrentStreams = 10

// Answers with its name until its input ends; a line `drain` there lets calls end and takes no more.
func serve(name string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxConcurrentStreams(maxConcurrentStreams))
	server.RegisterService(&greeterService, &greeter{name})
	tell(map[string]any{"port": listener.Addr().(*net.TCPAddr).Port})
	go func() {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			if lines.Text() == "drain" {
				go server.GracefulStop()
			}
		}
		server.Stop()
	}()
	return server.Serve(listener)
}

type greeter struct{ name string }

var greeterService = grpc.ServiceDesc{
	ServiceName: "hello.Greeter",
	HandlerType: (*any)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Say", Handler: say}},
	Streams: []grpc.StreamDesc{
		{StreamName: "Count", Handler: count, ServerStreams: true},
		{StreamName: "Collect", Handler: collect, ClientStreams: true},
		{StreamName: "Talk", Handler: talk, ServerStreams: true, ClientStreams: true},
	},
}

// `wait`: no answer until the call is given up; `fail N`: that status; anything else comes back, behind the server's name.
func say(server any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	var request message
	if err := decode(&request); err != nil {
		return nil, err
	}
	name := server.(*greeter).name
	if request.Value == "wait" {
		return nil, untilGivenUp(ctx)
	}
	if code, ok := strings.CutPrefix(request.Value, "fail "); ok {
		number, err := strconv.Atoi(code)
		if err != nil {
			return nil, err
		}
		return nil, status.Error(codes.Code(number), "failed at "+name)
	}
	if incoming, ok := metadata.FromIncomingContext(ctx); ok {
		grpc.SetHeader(ctx, metadata.MD{"echo-bin": incoming.Get("payload-bin")})
		grpc.SetTrailer(ctx, metadata.Pairs("server-name", name))
	}
	return &message{Value: name + ": " + request.Value}, nil
}

func untilGivenUp(ctx context.Context) error {
	left := time.Duration(0)
	if deadline, ok := ctx.Deadline(); ok {
		left = time.Until(deadline)
	}
	tell(map[string]any{"waits": true, "leftMs": left.Milliseconds()})
	<-ctx.Done()
	tell(map[string]any{"givenUp": ctx.Err().Error()})
	// The server's own answer to a deadline comes too late, so that the mesh's is seen.
	time.Sleep(2 * time.Second)
	return ctx.Err()
}

// The numbers from 1 to what the request says.
func count(_ any, stream grpc.ServerStream) error {
	var request message
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	last, err := strconv.Atoi(request.Value)
	if err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	for i := 1; i <= last; i++ {
		if err := stream.SendMsg(&message{Value: strconv.Itoa(i)}); err != nil {
			return err
		}
	}
	return nil
}

// All parts in one; ends before the client does at a part `enough`.
func collect(server any, stream grpc.ServerStream) error {
	var parts []string
	for {
		var part message
		err := stream.RecvMsg(&part)
		if part.Value == "enough" {
			return status.Error(codes.ResourceExhausted, "enough")
		}
		if errors.Is(err, io.EOF) {
			return stream.SendMsg(&message{Value: server.(*greeter).name + ": " + strings.Join(parts, "+")})
		}
		if err != nil {
			return err
		}
		parts = append(parts, part.Value)
	}
}

// Each part back in capitals, as it comes.
func talk(_ any, stream grpc.ServerStream) error {
	for {
		var part message
		err := stream.RecvMsg(&part)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			tell(map[string]any{"givenUp": status.Code(err).String()})
			return err
		}
		if err := stream.SendMsg(&message{Value: strings.ToUpper(part.Value)}); err != nil {
			return err
		}
	}
}
