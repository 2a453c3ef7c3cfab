// A client and a server of Go's gRPC that know nothing of the mesh: `go-grpc server NAME` and `go-grpc client TARGET SCENARIO`.
// Both print a line of JSON for each thing that a test may want to know.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"google.golang.org/protobuf/types/known/wrapperspb"
)

// A text: the messages of all methods.
type message = wrapperspb.StringValue

func main() {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "server":
		err = serve(os.Args[2])
	case len(os.Args) == 4 && os.Args[1] == "client":
		err = ask(os.Args[2], os.Args[3])
	default:
		err = fmt.Errorf("usage: go-grpc server NAME | go-grpc client TARGET SCENARIO")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func tell(fact map[string]any) {
	line, err := json.Marshal(fact)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}
