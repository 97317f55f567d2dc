package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// The environment of a small engine.
const (
	envDatabase = "BENCH_DATABASE"
	envTemporal = "BENCH_TEMPORAL"
)

// connections to Postgres that each small engine may have.
const connections = 32

// A small engine performs cases in the process that serves HTTP.
type small interface {
	// open returns when the case will be performed, whatever happens.
	open(ctx context.Context, id, plan string) error
	// decide returns when the decision is told; its row may be written later, which the engine says by written.done.
	decide(ctx context.Context, id string) error
	close()
}

// smalls by the name that serve takes.
var smalls = map[string]func(context.Context, *pgxpool.Pool, *written) (small, error){
	"floor": newFloor,
	"plain": newTemporal(true),
	"lean":  newTemporal(false),
	"dbos":  newDBOS,
	"river": newRiver,
}

// written knows who waits for a row in this process. Only what is committed is told.
type written struct {
	mu      sync.Mutex
	waiting map[string]chan struct{}
}

func (w *written) wait(id string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	told := make(chan struct{})
	w.waiting[id] = told
	return told
}

func (w *written) done(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if told := w.waiting[id]; told != nil {
		close(told)
		delete(w.waiting, id)
	}
}

// serve serves a small engine until ctx ends, and says on standard output where.
func serve(ctx context.Context, args []string) error {
	if len(args) != 1 || smalls[args[0]] == nil {
		return errors.New("serve: name one of the small engines")
	}
	config, err := pgxpool.ParseConfig(os.Getenv(envDatabase))
	if err != nil {
		return err
	}
	config.MaxConns = connections
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	w := &written{waiting: map[string]chan struct{}{}}
	engine, err := smalls[args[0]](ctx, pool, w)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler(engine, w), ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close() // nobody asks any more
	}()
	fmt.Printf("ready http://%s\n", listener.Addr())
	if err = server.Serve(listener); errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	engine.close()
	return err
}

// handler takes cases and decisions.
func handler(engine small, w *written) http.Handler {
	mux := http.NewServeMux()
	answer := func(out http.ResponseWriter, code int, id string, err error) {
		out.Header().Set("Content-Type", "application/json")
		if err != nil {
			out.WriteHeader(http.StatusInternalServerError)
			_ = json.NewEncoder(out).Encode(map[string]string{"title": err.Error()}) // whoever asked has gone
			return
		}
		out.WriteHeader(code)
		_ = json.NewEncoder(out).Encode(map[string]string{"number": id}) // the same
	}
	mux.HandleFunc("POST /cases", func(out http.ResponseWriter, in *http.Request) {
		var asked struct {
			Case string `json:"case"`
		}
		id := rand.Text()
		err := json.NewDecoder(in.Body).Decode(&asked)
		if _, ok := plans[asked.Case]; err == nil && !ok {
			err = fmt.Errorf("no case is called %q", asked.Case)
		}
		if err == nil {
			err = engine.open(in.Context(), id, asked.Case)
		}
		answer(out, http.StatusCreated, id, err)
	})
	mux.HandleFunc("POST /cases/{id}/decision", func(out http.ResponseWriter, in *http.Request) {
		id := in.PathValue("id")
		told := w.wait(id)
		err := engine.decide(in.Context(), id)
		if err == nil {
			select {
			case <-told:
			case <-in.Context().Done():
				err = in.Context().Err()
			}
		}
		answer(out, http.StatusOK, id, err)
	})
	return mux
}
