package executor

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"runtime/debug"
	"sync"
)

// compile builds a request's program, whether or not it was built before. What
// is not compiled has nothing built, successfully.
func (x *Executor) compile(ctx context.Context, c checked) (Compiled, error) {
	if len(c.runtime.Compile) == 0 {
		return Compiled{Status: Success}, nil
	}
	report, err := x.run(ctx, planCompile(c, c.runtime.Compile, x.policy.Compile))
	if err != nil {
		return Compiled{}, err
	}
	return judgeCompile(report), nil
}

// build is compile through the cache. What was built is there until release is
// called.
func (x *Executor) build(ctx context.Context, c checked) (built Compiled, release func(), err error) {
	return x.cache.get(ctx, buildKey(c, x.policy.Compile), func(ctx context.Context) (Compiled, error) { return x.compile(ctx, c) })
}

// key names what is compiled: everything that it is made from.
type key [sha256.Size]byte

func buildKey(c checked, l Limits) (k key) {
	h := sha256.New()
	write := func(parts ...string) {
		var n [8]byte
		for _, p := range parts {
			binary.LittleEndian.PutUint64(n[:], uint64(len(p)))
			h.Write(n[:])
			h.Write([]byte(p))
		}
	}
	job := planCompile(c, c.runtime.Compile, l)
	write(c.runtime.Name, c.runtime.Version, c.runtime.Binary, c.runtime.prepared)
	for _, step := range job.Steps {
		write("step")
		write(step.Args...)
		write("env")
		write(step.Env...)
	}
	for _, f := range c.files {
		write("file", f.Path, f.Content)
	}
	return key(h.Sum(nil))
}

// cache keeps what was compiled, up to so many bytes; what was not used for
// longest goes first. Who asks for what is being compiled waits for that.
type cache struct {
	most int64
	busy *sync.WaitGroup // of compilations

	mu      sync.Mutex
	entries map[key]*entry // kept, or being compiled
	used    *list.List     // of the entries that are kept, the last one used in front
	size    int64          // of those
}

type entry struct {
	key    key
	done   chan struct{} // closed when it is compiled, or not
	cancel context.CancelCauseFunc
	built  Compiled
	err    error

	// Under the cache's lock.
	users int           // who waits for it or has it
	place *list.Element // in used; nil when it is not kept
}

func newCache(bytes int64, busy *sync.WaitGroup) *cache {
	return &cache{most: bytes, busy: busy, entries: map[key]*entry{}, used: list.New()}
}

// get returns what compile returned for the key, and what gives it back. compile
// goes on when the one who began it leaves, as long as somebody waits. Only what was
// compiled successfully is kept.
func (c *cache) get(ctx context.Context, k key, compile func(context.Context) (Compiled, error)) (Compiled, func(), error) {
	c.mu.Lock()
	e, there := c.entries[k]
	if !there {
		e = &entry{key: k, done: make(chan struct{})}
		var work context.Context
		work, e.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
		c.entries[k] = e
		c.busy.Go(func() { c.fill(e, func() (Compiled, error) { return compile(work) }) })
	}
	e.users++
	if e.place != nil {
		c.used.MoveToFront(e.place)
	}
	c.mu.Unlock()
	release := sync.OnceFunc(func() { c.release(e, nil) })
	select {
	case <-e.done:
	case <-ctx.Done():
		c.release(e, context.Cause(ctx))
		return Compiled{}, nil, ctx.Err()
	}
	if e.err != nil {
		release()
		return Compiled{}, nil, e.err
	}
	built := e.built
	if there {
		built.Cached, built.WallTime = true, 0
	}
	return built, release, nil
}

// fill compiles, and keeps what came of it.
func (c *cache) fill(e *entry, compile func() (Compiled, error)) {
	built, err := guarded(compile)
	c.mu.Lock()
	defer c.mu.Unlock()
	e.built, e.err = built, err
	if size := built.size(); err == nil && built.Artifact != nil && size <= c.most && c.entries[e.key] == e {
		e.place = c.used.PushFront(e)
		c.size += size
	} else if c.entries[e.key] == e {
		delete(c.entries, e.key)
	}
	close(e.done)
	e.cancel(nil)
	for last := c.used.Back(); c.size > c.most; last = c.used.Back() {
		c.drop(last.Value.(*entry))
	}
	c.discard(e)
}

// guarded turns a panic into an error, in goroutines of ours, where nobody else
// recovers from it.
func guarded[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Error{Code: SandboxError, Message: "the service broke down; this is not the program's fault", Err: fmt.Errorf("panic: %v\n%s", r, debug.Stack())}
		}
	}()
	return f()
}

// release takes one user from an entry. When nobody waits any more, the compilation
// ends, with the reason of the last.
func (c *cache) release(e *entry, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.users--
	select {
	case <-e.done:
	default:
		if e.users == 0 {
			if c.entries[e.key] == e { // who comes now begins anew
				delete(c.entries, e.key)
			}
			e.cancel(cause)
		}
		return
	}
	c.discard(e)
}

// drop forgets an entry. What it built goes when nobody has it any more.
func (c *cache) drop(e *entry) {
	c.used.Remove(e.place)
	c.size -= e.built.size()
	e.place = nil
	delete(c.entries, e.key)
	c.discard(e)
}

// discard removes what was built, if it is not kept and nobody has it; not under the
// lock, for it may be a thousand files.
func (c *cache) discard(e *entry) {
	if a := e.built.Artifact; a != nil && e.users == 0 && e.place == nil {
		e.built.Artifact = nil
		c.busy.Go(func() { a.Remove() })
	}
}

// size is what it takes to keep it; each has an inode or two and a place in our
// memory.
func (b Compiled) size() int64 {
	if b.Artifact == nil {
		return 0
	}
	const own = 8 << 10
	return b.Artifact.Size + int64(len(b.Stdout.Bytes)+len(b.Stderr.Bytes)) + own
}

// compileFailed is the response for a program that could not be compiled.
func compileFailed(c checked, built Compiled) Response {
	resp := respond(c)
	resp.Status, resp.LimitHit, resp.Compile = CompileError, built.LimitHit, &built
	return resp
}
