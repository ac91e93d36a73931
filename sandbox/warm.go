package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/shim"
)

// Zygote is an interpreter that is started once and forked for each run that
// asks for it by name: see Step.Zygote.
//
// It is a program that runs with every layer that does not depend on a run,
// as root, but with no capability besides those to become another user. It
// talks to the server over a socket of packets on descriptor 4. Its first
// packet is "ready", or says why it never will be. After that it gets a byte
// with descriptors for each child, forks it so that the child's parent is the
// server (CLONE_PARENT), and answers with its pid, eight bytes, little-endian.
//
// The descriptors are the child's standard streams, its own line to the server
// and, where Landlock is in force, a ruleset; they become the child's 0 to 4.
// On its line the child gets two messages. Each is the length of what follows
// in four bytes, little-endian, and fields with zero bytes between them:
//
//   - uid, gid, pid of the server, whether there is a ruleset (0 or 1),
//     directory, environment...: the child becomes that user for good, enters
//     the directory, and has itself killed with the server;
//   - number of limits, for each of which resource, soft and hard value;
//     number of variables, the variables; the arguments...: of the run.
//
// Then it says that it is ready as a shim does, closes the line, and is the
// program. Nothing of a run ever reaches the zygote itself.
type Zygote struct {
	Name  string
	Args  []string // Args[0] is its absolute path; it is started in a directory of its own
	Files []File   // in that directory, which is gone when it is ready
	// Env is added to the environment of any program; DIR stands for the
	// directory.
	Env    []string
	Rotate int // forks after which another takes its place
}

// ZygoteState says how a zygote is.
type ZygoteState struct {
	Name  string
	State string // one of the constants below
	Err   error  // why it is not ready, or why the last one ended
	Forks uint64 // in all
}

// What a zygote can be.
const (
	ZygoteStarting = "starting"
	ZygoteReady    = "ready"
	ZygoteFailing  = "failing"
)

const (
	zygoteLine    = shim.ControlFD + 1
	zygotePrefix  = "zygote-" // of directories: runs have names without a dash
	startPatience = time.Minute
	// forkPatience is far beyond what a fork takes on a busy machine.
	forkPatience = 2 * time.Second
	mostText     = 64 << 10
)

// StartZygotes starts zygotes and keeps them alive, in the background. Runs
// that ask for one that is not ready start cold. changed, if it is not nil, is
// told of each change of state.
func (s *Sandbox) StartZygotes(zygotes []Zygote, changed func(ZygoteState)) error {
	if !s.layers.Has(NoNewPrivs) {
		return fmt.Errorf("sandbox: zygotes keep some capabilities, which needs the layer %s", NoNewPrivs)
	}
	if s.layers.Has(Landlock) {
		s.opened = openRules(s.rules)
	}
	for _, z := range zygotes {
		k := &keeper{Zygote: z, s: s, changed: changed}
		k.state.Store(&ZygoteState{Name: z.Name, State: ZygoteStarting})
		s.keepers = append(s.keepers, k)
	}
	for _, k := range s.keepers {
		s.keeping.Add(1)
		go k.keep()
	}
	return nil
}

// Zygotes says how each zygote is.
func (s *Sandbox) Zygotes() (list []ZygoteState) {
	for _, k := range s.keepers {
		st := *k.state.Load()
		st.Forks = k.forks.Load()
		list = append(list, st)
	}
	return list
}

// zygote finds the keeper of a zygote.
func (s *Sandbox) zygote(name string) *keeper {
	for _, k := range s.keepers {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// keeper keeps one zygote alive.
type keeper struct {
	Zygote
	s       *Sandbox
	changed func(ZygoteState)
	live    atomic.Pointer[zygote]
	state   atomic.Pointer[ZygoteState]
	forks   atomic.Uint64
	starts  int
}

// zygote is one process of it.
type zygote struct {
	process *os.Process
	line    *net.UnixConn
	stdin   io.Closer
	text    *strings.Builder // what it said on its standard streams
	read    sync.WaitGroup
	gone    chan struct{} // closed when it has ended
	worn    chan struct{} // has one element when it has been forked often enough

	mu    sync.Mutex // held for one fork
	forks int
}

// keep starts one zygote after the other: the next when one has died, or, before
// its end, when one is worn.
func (k *keeper) keep() {
	defer k.s.keeping.Done()
	const shortest, longest, healthy = 100 * time.Millisecond, time.Minute, 10 * time.Second
	wait := shortest
	for !k.s.isClosing() {
		begin := time.Now()
		z, err := k.start()
		if err == nil {
			k.live.Swap(z).retire()
			k.is(ZygoteReady, nil)
			k.s.fillAhead(k.Name)
			select {
			case <-k.s.closing:
				k.live.Swap(nil).retire()
				return
			case <-z.worn:
				continue
			case <-z.gone:
				k.live.CompareAndSwap(z, nil)
				z.retire()
				err = fmt.Errorf("it ended unexpectedly: %s", z.said())
			}
		}
		if time.Since(begin) > healthy {
			wait = shortest
		}
		k.is(ZygoteFailing, err)
		select {
		case <-k.s.closing:
			k.live.Swap(nil).retire()
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, longest)
	}
}

func (k *keeper) is(state string, err error) {
	if k.live.Load() != nil {
		state = ZygoteReady // the old one goes on while a new one cannot be started
	}
	st := &ZygoteState{Name: k.Name, State: state, Err: err}
	k.state.Store(st)
	if k.changed != nil {
		k.changed(ZygoteState{st.Name, st.State, st.Err, k.forks.Load()})
	}
}

// start starts a process and waits until it is ready.
func (k *keeper) start() (*zygote, error) {
	k.starts++
	dir := filepath.Join(k.s.base.path, zygotePrefix+k.Name+"-"+strconv.Itoa(k.starts))
	defer os.RemoveAll(dir)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	for _, f := range k.Files {
		if err := os.WriteFile(filepath.Join(dir, f.Path), []byte(f.Content), 0o600); err != nil {
			return nil, err
		}
	}
	z, err := k.launch(dir)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(k.s.ending, func() { z.line.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	z.line.SetDeadline(time.Now().Add(startPatience))
	said := make([]byte, 4096)
	n, err := z.line.Read(said)
	if err == nil && string(said[:n]) == "ready" {
		return z, nil
	}
	z.process.Kill()
	<-z.gone
	z.retire()
	switch {
	case n > 0:
		err = errors.New(string(said[:n]))
	case err == nil || errors.Is(err, io.EOF):
		err = errors.New("it ended before it was ready")
	}
	return nil, fmt.Errorf("%w; %s", err, z.said())
}

// launch starts the process through the shim.
func (k *keeper) launch(dir string) (*zygote, error) {
	str, err := openStreams(0)
	if err != nil {
		return nil, setup("streams", err)
	}
	defer str.closeTheirs()
	control, theirs, err := socketPair(unix.SOCK_STREAM)
	if err != nil {
		str.close()
		return nil, setup("control", err)
	}
	defer control.Close()
	defer theirs.Close()
	line, theirLine, err := packetPair()
	if err != nil {
		str.close()
		return nil, setup("control", err)
	}
	defer theirLine.Close()
	z := &zygote{line: line, stdin: str.stdin.w, text: new(strings.Builder), gone: make(chan struct{}), worn: make(chan struct{}, 1)}
	z.process, err = k.s.spawner.start(shim.Name, str.stdin.r, str.stdout.w, str.stderr.w, theirs, theirLine)
	if err != nil {
		line.Close()
		str.close()
		return nil, setup("fork", err)
	}
	theirs.Close()
	str.closeTheirs()
	go func() {
		defer close(z.gone)
		z.process.Wait()
	}()
	var mu sync.Mutex
	for _, out := range []*os.File{str.stdout.r, str.stderr.r} {
		z.read.Go(func() {
			defer out.Close()
			text := capture(out, mostText, func() {})
			mu.Lock()
			defer mu.Unlock()
			z.text.Write(text.Bytes)
		})
	}
	control.SetDeadline(time.Now().Add(setupPatience))
	var p program
	if err := handshake(control, k.config(dir).Encode(), &p); err != nil {
		z.process.Kill()
		<-z.gone
		z.retire()
		return nil, err
	}
	return z, nil
}

// config is what the shim makes of the zygote: it is confined as a run is, but
// to what every run together may reach.
func (k *keeper) config(dir string) *shim.Config {
	const setgid, setuid = 6, 7
	env := make([]string, len(k.Env))
	for i, v := range k.Env {
		env[i] = strings.ReplaceAll(v, "DIR", dir)
	}
	c := k.s.config(slot{dir: dir}, Step{Args: k.Args, Env: env})
	c.UID, c.GID, c.Capabilities, c.Line = 0, 0, 1<<setgid|1<<setuid, zygoteLine
	c.Rlimits = nil
	if k.s.layers.Has(Rlimits) {
		c.Rlimits = fixedRlimits()
	}
	if k.s.layers.Has(Landlock) {
		c.Landlock = forZygote(k.s.rules, k.s.base.path)
	}
	return c
}

// retire ends a zygote that is not needed. It ends by itself when its line is
// closed, and its children are not its own.
func (z *zygote) retire() {
	if z != nil {
		z.line.Close()
		z.stdin.Close()
	}
}

// said is what a zygote that has ended wrote to its standard streams.
func (z *zygote) said() string {
	z.read.Wait()
	return fmt.Sprintf("it said %q", z.text.String())
}

var errNoZygote = errors.New("no zygote is ready")

// fork makes a child that waits in the slot for its program.
func (k *keeper) fork(sl slot) (*waiting, error) {
	z := k.live.Load()
	if z == nil {
		return nil, errNoZygote
	}
	str, err := openStreams(sl.uid)
	if err != nil {
		return nil, setup("streams", err)
	}
	w := &waiting{kind: k.Name, streams: str}
	var theirs *os.File
	if w.control, theirs, err = socketPair(unix.SOCK_STREAM); err != nil {
		str.close()
		return nil, setup("control", err)
	}
	defer str.closeTheirs()
	defer theirs.Close()
	files := []int{int(str.stdin.r.Fd()), int(str.stdout.w.Fd()), int(str.stderr.w.Fd()), int(theirs.Fd())}
	ruleset := -1
	if k.s.layers.Has(Landlock) {
		if ruleset, err = k.s.newRuleset(sl.dir); err != nil {
			w.control.Close()
			str.close()
			return nil, setup("landlock", err)
		}
		defer unix.Close(ruleset)
		files = append(files, ruleset)
	}
	pid, n, err := z.fork(files)
	if err != nil {
		w.control.Close()
		str.close()
		return nil, err
	}
	k.forks.Add(1)
	if n == k.Rotate {
		z.worn <- struct{}{}
	}
	if w.process, err = os.FindProcess(pid); err != nil {
		panic(err) // it never is, on Unix
	}
	if err := w.place(k.s, sl, ruleset); err != nil {
		w.abandon()
		return nil, err
	}
	return w, nil
}

// fork asks for one child. A zygote that does not answer is ended: it must not
// cost every run its patience.
func (z *zygote) fork(files []int) (pid, n int, err error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.line.SetDeadline(time.Now().Add(forkPatience))
	var reply [8]byte
	if _, _, err = z.line.WriteMsgUnix([]byte{0}, unix.UnixRights(files...), nil); err == nil {
		_, err = io.ReadFull(z.line, reply[:])
	}
	if err != nil {
		z.process.Kill()
		return 0, 0, fmt.Errorf("zygote: %w", err)
	}
	z.forks++
	pid = int(int64(leUint64(reply[:])))
	if pid <= 0 {
		return 0, 0, errors.New("zygote: it could not fork")
	}
	return pid, z.forks, nil
}

func leUint64(b []byte) (v uint64) {
	for i := range 8 {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}

// place tells a child where it will run. Its ruleset can only now name its
// entry in /proc, which has to stay open as long as the rule shall hold.
func (w *waiting) place(s *Sandbox, sl slot, ruleset int) error {
	landlock := "0"
	if ruleset >= 0 {
		landlock = "1"
		entry, err := os.OpenFile("/proc/"+strconv.Itoa(w.process.Pid), unix.O_PATH|unix.O_DIRECTORY, 0)
		if err != nil {
			return setup("landlock", err)
		}
		w.entry = entry
		if err := shim.AddRule(ruleset, int(entry.Fd()), self.Access&s.rules.HandledFS); err != nil {
			return setup("landlock", err)
		}
	}
	id := strconv.Itoa(sl.uid)
	fields := append([]string{id, id, strconv.Itoa(os.Getpid()), landlock, sl.dir}, environment(sl.dir, nil)...)
	if _, err := w.control.Write(message(fields)); err != nil {
		return setup("control", err)
	}
	return nil
}

// jobMessage tells a child what to run.
func (s *Sandbox) jobMessage(st Step) []byte {
	var fields []string
	if s.layers.Has(Rlimits) {
		for _, l := range runRlimits(st.Limits) {
			fields = append(fields, strconv.Itoa(l.Resource), strconv.FormatUint(l.Soft, 10), strconv.FormatUint(l.Hard, 10))
		}
	}
	fields = append([]string{strconv.Itoa(len(fields) / 3)}, fields...)
	fields = append(fields, strconv.Itoa(len(st.Env)))
	fields = append(fields, st.Env...)
	return message(append(fields, st.Args...))
}

func message(fields []string) []byte {
	body := strings.Join(fields, "\x00")
	n := len(body)
	return append([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}, body...)
}

// packetPair is the line to a zygote.
func packetPair() (ours *net.UnixConn, theirs *os.File, err error) {
	file, theirs, err := socketPair(unix.SOCK_SEQPACKET)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return conn.(*net.UnixConn), theirs, nil
}

// fillAhead has a child of the zygote wait in slots in which nothing waits.
func (s *Sandbox) fillAhead(kind string) {
	for range s.concurrency {
		sl, ok := s.pool.tryTake()
		if !ok {
			return
		}
		if sl.dir == "" {
			var err error
			if sl, err = s.make(); err != nil {
				s.pool.put(slot{})
				return
			}
		}
		s.startAhead(&sl, kind)
		s.pool.put(sl)
	}
}

// gone reports whether no process of the uid is left, not even a dead one: the
// kernel has a call that walks the processes of a user.
func gone(uid int) bool {
	_, err := unix.Getpriority(unix.PRIO_USER, uid)
	return err == syscall.ESRCH
}
