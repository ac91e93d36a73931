package sandbox

import (
	"context"
	"encoding/binary"
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
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/proc"
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
// On its line the child gets two messages, each with system calls that it makes
// one after the other: see childMessage. The first makes it the run's, for
// good; the second comes with the program. Then it says that it is ready as a
// shim does, closes the line, and is the program. Nothing of a run ever reaches
// the zygote itself.
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
	zygoteComm   = "exec-zygote" // what it, and its children that wait, call themselves
	zygoteLine   = shim.ControlFD + 1
	zygotePrefix = "zygote-" // of directories: runs have names without a dash
	// forkPatience is far beyond what a fork takes on a busy machine.
	forkPatience  = 2 * time.Second
	turnPatience  = 200 * time.Millisecond // a hundred forks take less
	textPatience  = 200 * time.Millisecond
	mostText      = 64 << 10
	secondMessage = 100 // a call of the second message is reported as this much more
)

var startPatience = 30 * time.Second // tests have less

// StartZygotes starts zygotes and keeps them alive, in the background. Runs
// that ask for one that is not ready start cold. changed, if it is not nil, is
// told of each change of state.
func (s *Sandbox) StartZygotes(zygotes []Zygote, changed func(ZygoteState)) error {
	if !s.layers.Has(NoNewPrivs) {
		return fmt.Errorf("sandbox: zygotes keep some capabilities, which needs the layer %s", NoNewPrivs)
	}
	if s.layers.Has(Landlock) {
		s.opened = openRules(coarse(s.rules, s.base.path))
	}
	var keepers []*keeper
	for _, z := range zygotes {
		k := &keeper{Zygote: z, s: s, changed: changed}
		k.state.Store(&ZygoteState{Name: z.Name, State: ZygoteStarting})
		keepers = append(keepers, k)
	}
	s.keepers.Store(&keepers)
	for _, k := range keepers {
		s.keeping.Add(1)
		go k.keep()
	}
	return nil
}

// Zygotes says how each zygote is.
func (s *Sandbox) Zygotes() (list []ZygoteState) {
	for _, k := range s.kept() {
		st := *k.state.Load()
		st.Forks = k.forks.Load()
		list = append(list, st)
	}
	return list
}

func (s *Sandbox) kept() []*keeper {
	if list := s.keepers.Load(); list != nil {
		return *list
	}
	return nil
}

// zygote finds the keeper of a zygote.
func (s *Sandbox) zygote(name string) *keeper {
	for _, k := range s.kept() {
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
	stuck   atomic.Bool   // it did not answer

	turn   chan struct{} // has room for who forks
	forks  int
	memory int64 // bytes that each child has of it; set by the first fork
}

// keep starts one zygote after the other: the next when one has died or could
// not be started, and when one is worn, which goes on until there is another.
func (k *keeper) keep() {
	defer k.s.keeping.Done()
	defer func() { k.live.Swap(nil).retire() }()
	const shortest, longest, healthy = 100 * time.Millisecond, time.Minute, 10 * time.Second
	wait := shortest
	for {
		z, err := k.start()
		begin := time.Now()
		var worn, ended <-chan struct{}
		if err == nil {
			k.live.Swap(z).retire()
			k.is(ZygoteReady, nil)
			k.s.fillAhead(k.Name)
			worn = z.worn
		}
		for next := false; !next; {
			var retry <-chan time.Time
			if err != nil {
				k.is(ZygoteFailing, err)
				k.s.keeping.Go(k.s.reapStrays)
				retry = time.After(wait)
				wait = min(2*wait, longest)
			}
			live := k.live.Load()
			if ended = nil; live != nil {
				ended = live.gone
			}
			select {
			case <-k.s.closing:
				return
			case <-worn:
				next = true
			case <-retry:
				next = true
			case <-ended:
				k.live.Store(nil)
				live.retire()
				if time.Since(begin) > healthy {
					wait = shortest
				}
				how := "it ended unexpectedly"
				if live.stuck.Load() {
					how = "it did not answer, and was ended"
				}
				worn, err = nil, fmt.Errorf("%s; %s", how, live.said())
			}
		}
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
	z.line.SetDeadline(time.Now().Add(startPatience))
	stop := context.AfterFunc(k.s.ending, func() { z.line.SetDeadline(time.Unix(1, 0)) })
	defer stop()
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
	z := &zygote{line: line, stdin: str.stdin.w, text: new(strings.Builder), gone: make(chan struct{}), worn: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
	z.process, err = k.s.spawner.start(shim.Name, str.stdin.r, str.stdout.w, str.stderr.w, theirs, theirLine)
	if err != nil {
		line.Close()
		str.close()
		return nil, setup("fork", err)
	}
	theirs.Close()
	str.closeTheirs()
	outs := []*os.File{str.stdout.r, str.stderr.r}
	go func() {
		z.process.Wait()
		for _, out := range outs { // whatever else has them may live on
			out.SetReadDeadline(time.Now().Add(textPatience))
		}
		close(z.gone)
	}()
	var mu sync.Mutex
	for _, out := range outs {
		z.read.Go(func() {
			defer out.Close()
			text := capture(out, mostText, func() {})
			mu.Lock()
			defer mu.Unlock()
			z.text.Write(text.Bytes)
		})
	}
	control.SetDeadline(time.Now().Add(setupPatience))
	p := program{waiting: &waiting{}}
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

// retire ends a zygote that is not needed, when it is not at work. Its children
// are not its own.
func (z *zygote) retire() {
	if z == nil {
		return
	}
	z.turn <- struct{}{}
	defer func() { <-z.turn }()
	z.line.Close()
	z.stdin.Close()
	z.process.Kill()
}

// reapStrays collects the children that a zygote forked when it could not tell
// their pid any more. They are still root's, and end when they find that nobody
// is on their line.
func (s *Sandbox) reapStrays() {
	const patience, pause = 3 * time.Second, 20 * time.Millisecond
	for end := time.Now().Add(patience); time.Now().Before(end) && !s.isClosing(); time.Sleep(pause) {
		s.collectStrays()
	}
}

func (s *Sandbox) collectStrays() {
	for _, p := range proc.List() {
		if p.UID != 0 {
			continue
		}
		if st, ok := proc.ReadStat(p.PID); ok && st.Dead() && st.Parent == os.Getpid() && comm(p.PID) == zygoteComm {
			reap(p.PID)
		}
	}
}

func comm(pid int) string {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	return strings.TrimSpace(string(text))
}

// said is what a zygote that has ended wrote to its standard streams.
func (z *zygote) said() string {
	z.read.Wait()
	return fmt.Sprintf("it said %q", z.text.String())
}

var (
	errNoZygote = errors.New("no zygote is ready")
	errNoAnswer = errors.New("the zygote does not answer")
)

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
	if n >= k.Rotate {
		select {
		case z.worn <- struct{}{}:
		default: // it is known
		}
	}
	w.pid, w.before = pid, z.memory
	if w.process, err = os.FindProcess(pid); err != nil {
		panic(err) // it never is, on Unix
	}
	if err := w.place(k.s, sl, ruleset); err != nil {
		w.abandon()
		return nil, err
	}
	return w, nil
}

// fork asks for one child. A zygote that does not answer is ended, and nobody
// but the first who asks waits for that: it must not cost every run its patience.
func (z *zygote) fork(files []int) (pid, n int, err error) {
	select {
	case z.turn <- struct{}{}:
	case <-time.After(turnPatience):
		return 0, 0, errNoAnswer
	}
	defer func() { <-z.turn }()
	z.line.SetDeadline(time.Now().Add(forkPatience))
	var reply [8]byte
	if _, _, err = z.line.WriteMsgUnix([]byte{0}, unix.UnixRights(files...), nil); err == nil {
		_, err = io.ReadFull(z.line, reply[:])
	}
	if err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			z.stuck.Store(true)
		}
		z.process.Kill()
		return 0, 0, fmt.Errorf("zygote: %w", err)
	}
	z.forks++
	pid = int(binary.NativeEndian.Uint64(reply[:]))
	if pid <= 0 {
		return 0, 0, errors.New("zygote: it could not fork")
	}
	if z.forks == 1 {
		_, pages := proc.Statm("/proc/" + strconv.Itoa(pid))
		z.memory = pages * pageSize
	}
	return pid, z.forks, nil
}

// place tells a child where it will run. Its ruleset can only now name its
// entry in /proc, which has to stay open as long as the rule shall hold.
func (w *waiting) place(s *Sandbox, sl slot, ruleset int) error {
	if ruleset >= 0 {
		entry, err := os.OpenFile("/proc/"+strconv.Itoa(w.pid), unix.O_PATH|unix.O_DIRECTORY, 0)
		if err != nil {
			return setup("landlock", err)
		}
		w.entry = entry
		if err := shim.AddRule(ruleset, int(entry.Fd()), self.Access&s.rules.HandledFS); err != nil {
			return setup("landlock", err)
		}
	}
	m := placeMessage(sl, os.Getpid(), ruleset >= 0)
	w.calls[0] = m.names
	if _, err := w.control.Write(m.encode()); err != nil {
		return setup("control", err)
	}
	return nil
}

// jobMessage tells a child what to run: its limits and its name, as system
// calls; the directory, the names and values of variables and the arguments, as
// strings; and the program's file, twice, as the interpreter has it.
func (s *Sandbox) jobMessage(sl slot, st Step) *childMessage {
	m := &childMessage{}
	if s.layers.Has(Rlimits) {
		for _, l := range runRlimits(st.Limits) {
			m.call("rlimits", unix.SYS_SETRLIMIT, uint64(l.Resource), words(l.Soft, l.Hard))
		}
	}
	m.call("name", unix.SYS_PRCTL, unix.PR_SET_NAME, []byte(filepath.Base(st.Args[0])+"\x00"))
	strs := []string{sl.dir}
	for _, v := range st.Env {
		name, value, _ := strings.Cut(v, "=")
		strs = append(strs, name, value)
	}
	strs = append(strs, st.Args...)
	m.strings = []byte(strings.Join(strs, "\x00") + "\x00")
	m.variables, m.arguments = len(st.Env), len(st.Args)
	file := st.Args[0]
	if len(st.Args) > 1 {
		file = st.Args[1]
	}
	path := file
	if !strings.HasPrefix(path, "/") {
		path = sl.dir + "/" + path
	}
	m.path, m.name, m.plain = wide(path), wide(file), !st.archive
	return m
}

// placeMessage makes a child the run's.
func placeMessage(sl slot, server int, landlock bool) *childMessage {
	m := &childMessage{}
	id := uint64(sl.uid)
	m.call("session", unix.SYS_SETSID)
	m.call("uid", unix.SYS_SETGROUPS, 0, 0)
	m.call("uid", unix.SYS_SETRESGID, id, id, id)
	m.call("uid", unix.SYS_SETRESUID, id, id, id)
	m.call("dumpable", unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 1) // a change of uid clears it: /proc/self would be root's
	m.call("parent_death", unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uint64(unix.SIGKILL))
	m.call("parent_death", unix.SYS_GETPPID)
	m.must(uint64(server)) // it died before that
	m.call("directory", unix.SYS_CHDIR, []byte(sl.dir+"\x00"))
	if landlock {
		m.call("landlock", unix.SYS_LANDLOCK_RESTRICT_SELF, zygoteLine, 0)
		m.call("landlock", unix.SYS_CLOSE, zygoteLine)
	}
	return m
}

// childMessage is what a child reads. In memory it is, all numbers of eight
// bytes, as this machine has them: its length; the number of calls; where
// strings are, and how many variables and arguments; where path and name are;
// whether the file at path is surely no archive; and for each call its number,
// five arguments, a bit for each argument that is a place in the message,
// whether it must return a certain value, and that value. What is pointed to
// follows.
type childMessage struct {
	names    []string // of the calls, for errors
	calls    [][callWords]uint64
	attached []attached

	strings, path, name  []byte
	variables, arguments int
	plain                bool
}

const (
	messageHead = 8
	callWords   = 9
	mostMessage = 128 << 10 // that a child has room for
)

// attached is what an argument points to.
type attached struct {
	call, arg int
	data      []byte
}

// call adds a system call. An argument is a number, or bytes to point to.
func (m *childMessage) call(name string, number uint64, args ...any) {
	row := [callWords]uint64{number}
	for i, arg := range args {
		switch arg := arg.(type) {
		case int:
			row[1+i] = uint64(arg)
		case uint64:
			row[1+i] = arg
		case []byte:
			row[6] |= 1 << i
			m.attached = append(m.attached, attached{len(m.calls), 1 + i, arg})
		}
	}
	m.names = append(m.names, name)
	m.calls = append(m.calls, row)
}

// must says what the last call has to return.
func (m *childMessage) must(value uint64) {
	last := &m.calls[len(m.calls)-1]
	last[7], last[8] = 1, value
}

func (m *childMessage) encode() []byte {
	size := 8 * (messageHead + callWords*len(m.calls))
	var tail []byte
	put := func(data []byte) uint64 {
		at := size + len(tail)
		tail = append(tail, data...)
		tail = append(tail, make([]byte, -len(tail)&7)...)
		return uint64(at)
	}
	for _, a := range m.attached {
		m.calls[a.call][a.arg] = put(a.data)
	}
	plain := uint64(0)
	if m.plain {
		plain = 1
	}
	b := words(0, uint64(len(m.calls)), put(m.strings), uint64(m.variables), uint64(m.arguments), put(m.path), put(m.name), plain)
	binary.NativeEndian.PutUint64(b, uint64(size+len(tail)))
	for _, row := range m.calls {
		b = append(b, words(row[:]...)...)
	}
	return append(b, tail...)
}

func words(list ...uint64) []byte {
	b := make([]byte, 0, 8*len(list))
	for _, v := range list {
		b = binary.NativeEndian.AppendUint64(b, v)
	}
	return b
}

// wide is a string of wchar_t. What is not UTF-8 is as Python has it.
func wide(text string) (b []byte) {
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 {
			r = 0xdc00 + rune(text[0])
		}
		b = binary.NativeEndian.AppendUint32(b, uint32(r))
		text = text[size:]
	}
	return append(b, 0, 0, 0, 0)
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
