package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
	"aca-executor/sandbox/internal/proc"
	"aca-executor/sandbox/internal/seccomp"
	"aca-executor/sandbox/internal/shim"
)

// Options are what a sandbox is made from. The zero value works.
type Options struct {
	// Dir is where the sandbox makes its own directory; the system's directory
	// for temporary files where it is empty. Programs must be able to pass
	// through it.
	Dir string
	// Slots is how many jobs can run at once. As many again may be cleaned up
	// meanwhile; where that is not enough, Run waits a little, up to ErrBusy.
	// 0 means 8.
	Slots int
	// UIDs is how many uids to use, in turn; 0 means 4096. FirstUID is the
	// first of them; 0 means a random free range.
	UIDs, FirstUID int
	// Require are the layers without which New fails; UID always is.
	Require Layers
	// Disable are layers not to use though they are available.
	Disable Layers
	// Readable are patterns of what programs may read and execute besides the
	// system's own programs and libraries.
	Readable []string
	// Ahead is a directory with what was built ahead to be shared: see Job.Share. With
	// BuildAhead, it is built there, and stays.
	Ahead      string
	BuildAhead bool
	// OnError is told of what went wrong after a run's result was returned:
	// a uid that could not be cleared, a directory that could not be removed.
	OnError func(error)
}

// Sandbox runs jobs. Its methods may be called from any goroutine.
type Sandbox struct {
	layers  Layers
	onError func(error)
	uids    uidRange
	free    chan int  // uids that nothing is left of and that have no directory, oldest first
	resting chan slot // others, with an empty directory, oldest first
	pool    *pool     // clean, by invariant: who cleaned a slot puts it there
	names   atomic.Uint64
	built   string       // Options.Ahead
	build   bool         // Options.BuildAhead
	ahead   atomic.Int64 // processes that wait
	base    *base
	shared  []string // directories that a run can write to besides its own
	rules   shim.Ruleset
	filter  []byte
	spawner *spawner
	dog     *watchdog

	concurrency int
	opened      []openRule                // of rules
	keepers     atomic.Pointer[[]*keeper] // set once, when runs may be under way
	keeping     sync.WaitGroup
	ending      context.Context // done when closing is closed
	end         context.CancelFunc

	closing  <-chan struct{}
	closed   sync.Once
	cleaning sync.WaitGroup // slots in use or being cleaned
	guarding sync.WaitGroup
	guard    struct {
		sync.Mutex
		pipe *os.File
	}
}

const (
	defaultSlots = 8
	// leastSpare slots, or as many again as can run, are being cleaned while
	// the others run.
	leastSpare = 4
	// leastResting runs come between two in the same directory.
	leastResting = 32
)

// ErrDir means that there is no directory to work in: see Options.Dir.
var ErrDir = errors.New("work directory")

// New prepares a sandbox: it decides on the layers, removes what dead servers
// left behind, and starts the guardian, which ends every program when this
// process dies. It makes this process the one that inherits orphans.
func New(o Options) (*Sandbox, error) {
	layers, err := Require(Probe(), o.Require, o.Disable)
	if err != nil {
		return nil, err
	}
	if o.Slots == 0 {
		o.Slots = defaultSlots
	}
	if o.UIDs == 0 {
		o.UIDs = defaultUIDs
	}
	if o.Dir == "" {
		o.Dir = os.TempDir()
	}
	uids := uidRange{o.FirstUID, o.UIDs}
	if o.FirstUID == 0 {
		if uids, err = chooseUIDs(o.UIDs); err != nil {
			return nil, err
		}
	}
	s := &Sandbox{
		layers: layers, uids: uids, onError: o.OnError, concurrency: o.Slots, built: o.Ahead, build: o.BuildAhead,
		free: make(chan int, uids.count), resting: make(chan slot, 2*leastResting), pool: newPool(o.Slots + max(o.Slots, leastSpare)),
		spawner: newSpawner(),
	}
	s.ending, s.end = context.WithCancel(context.Background())
	s.closing = s.ending.Done()
	if s.onError == nil {
		s.onError = func(error) {}
	}
	for _, uid := range uids.runs() {
		s.free <- uid
	}
	if err := s.open(o.Dir, o.Readable); err != nil {
		s.spawner.close()
		return nil, err
	}
	return s, nil
}

// open does what can fail.
func (s *Sandbox) open(dir string, readable []string) error {
	// A group of root's would be one more right in places where only the run's
	// own must count.
	if err := syscall.Setgroups(nil); err != nil { // of every thread
		return setup("uid", err)
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return setup("subreaper", err)
	}
	writable := writableDirs()
	s.shared = reachable(writable, s.layers)
	if err := reclaim(dir, writable); err != nil {
		s.onError(err) // what could not be removed is no reason not to serve
	}
	var err error
	if s.base, err = newBase(dir, s.uids); err != nil {
		return fmt.Errorf("sandbox: %w in %s: %w", ErrDir, dir, err)
	}
	abi := 0
	if s.layers.Has(Landlock) {
		abi = landlockVersion()
		s.rules = ruleset(abi, s.sharedAnd(readable))
	}
	s.filter = seccomp.Filter(abi >= abiScoped && !openSockets())
	if err := s.startGuardian(); err != nil {
		return errors.Join(setup("guardian", err), s.base.remove())
	}
	s.dog = newWatchdog(os.Getpid(), s.base.path, s.shared, systemReserve(s.base.path))
	return nil
}

// startGuardian starts the guardian and keeps one alive.
func (s *Sandbox) startGuardian() error {
	p, pipe, err := s.spawner.guardian(s.uids)
	if err != nil {
		return err
	}
	s.guard.Lock()
	defer s.guard.Unlock()
	s.guard.pipe = pipe
	if s.isClosing() {
		pipe.Close() // Close has been here already
	}
	s.guarding.Add(1)
	go func() {
		defer s.guarding.Done()
		p.Wait()
		select {
		case <-s.closing:
			return
		case <-time.After(100 * time.Millisecond): // whatever ends guardians may go on doing so
		}
		pipe.Close()
		s.onError(errors.New("sandbox: the guardian died and is replaced"))
		for err := s.startGuardian(); err != nil && !s.isClosing(); err = s.startGuardian() {
			s.onError(setup("guardian", err))
			time.Sleep(time.Second)
		}
	}()
	return nil
}

func (s *Sandbox) isClosing() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// Layers are those in force.
func (s *Sandbox) Layers() Layers { return s.layers }

// Dir is the sandbox's own directory.
func (s *Sandbox) Dir() string { return s.base.path }

// Close ends every program, removes every file and waits until that is done.
// No Run may be called any more; those under way must have returned.
func (s *Sandbox) Close() error {
	var err error
	s.closed.Do(func() {
		s.end()
		s.cleaning.Wait()
		s.keeping.Wait()
		err = s.dropSlots()
		close(s.dog.close)
		s.guard.Lock()
		s.guard.pipe.Close()
		s.guard.Unlock()
		s.guarding.Wait()
		s.spawner.close()
		for _, r := range s.opened {
			unix.Close(r.fd)
		}
		err = errors.Join(err, s.base.remove())
	})
	return err
}

// dropSlots removes the directories that wait for runs which will not come.
func (s *Sandbox) dropSlots() (err error) {
	for range cap(s.pool.free) {
		sl, _ := s.pool.take(context.Background(), nothing)
		if w := s.takeWaiting(&sl); w != nil {
			w.abandon()
		}
		if sl.dir != "" {
			err = errors.Join(err, s.base.drop(sl.name, sl.uid))
		}
	}
	for range len(s.resting) {
		sl := <-s.resting
		err = errors.Join(err, s.base.drop(sl.name, sl.uid))
	}
	return err
}

// slot is a place for one run: a uid that nothing else has, an empty directory
// that belongs to it, and perhaps a process that waits to become its program.
// The zero slot is a place not yet made.
type slot struct {
	uid     int
	name    string
	dir     string
	file    string // the one file in it, if there is one: empty, for the next run's
	view    string // the run's way to an artifact
	waiting *waiting
}

// ErrBusy means that no slot became free in time: there are more callers than
// slots, or many earlier runs left so much behind that it is still removed.
var ErrBusy = errors.New("sandbox: no slot became free in time")

const slotPatience = time.Second

// take waits for a slot, and makes it if it is not made yet.
func (s *Sandbox) take(ctx context.Context, kind string) (slot, error) {
	sl, err := s.pool.take(ctx, kind)
	if err != nil || sl.dir != "" {
		return sl, err
	}
	if sl, err = s.make(); err != nil {
		s.pool.put(slot{})
	}
	return sl, err
}

// make takes a directory that is kept, if those are enough for each of them to
// rest or there is no other uid, and else makes one.
func (s *Sandbox) make() (slot, error) {
	var sl slot
	kept := func() bool {
		select {
		case sl = <-s.resting:
			return true
		default:
			return false
		}
	}
	if len(s.resting) >= leastResting && kept() {
		return sl, nil
	}
	select {
	case sl.uid = <-s.free:
	default:
		if kept() {
			return sl, nil
		}
		return slot{}, setup("uid", errors.New("every uid is in use or could not be cleared"))
	}
	sl.name = strconv.FormatUint(s.names.Add(1), 36)
	var err error
	if sl.dir, err = s.base.make(sl.name, sl.uid); err != nil {
		s.free <- sl.uid
		return slot{}, setup("directory", err)
	}
	return sl, nil
}

// startAhead gives the slot a process, off the request's path, which saves the
// next run most of what the sandbox costs it: a child of a zygote where that is
// what the kind says, else a shim. A slot that has none is as good, only slower,
// so an error is nobody's business here.
func (s *Sandbox) startAhead(sl *slot, kind string) {
	if s.ahead.Add(1) > mostAhead {
		s.ahead.Add(-1)
		return
	}
	err := errNoZygote
	if k := s.zygote(kind); k != nil {
		sl.waiting, err = k.fork(*sl)
	}
	if err != nil {
		sl.waiting, err = s.startShim(sl.uid)
	}
	if err != nil {
		sl.waiting = nil
		s.ahead.Add(-1)
	}
}

// takeWaiting is the other end of startAhead.
func (s *Sandbox) takeWaiting(sl *slot) *waiting {
	w := sl.waiting
	if w != nil {
		sl.waiting = nil
		s.ahead.Add(-1)
	}
	return w
}

// mostAhead bounds the processes that wait: each has about a megabyte.
const mostAhead = 16

// recycle cleans up after a run, off the request's path, and makes the slot
// anew, for a run of the same kind. The uid is used again only when nothing of
// it is left.
func (s *Sandbox) recycle(sl slot, kind string) {
	defer s.cleaning.Done()
	if w := s.takeWaiting(&sl); w != nil { // no step was run
		w.abandon()
	}
	err := errors.Join(s.clear(sl.uid), sl.dropView())
	if s.layers.Has(Sweep) {
		err = errors.Join(err, sweep(s.shared, sl.uid))
	}
	if err != nil || !s.keep(sl) {
		err = errors.Join(err, s.base.drop(sl.name, sl.uid))
		if err != nil { // the uid is not used again
			s.onError(fmt.Errorf("sandbox: clean up after uid %d: %w", sl.uid, err))
		} else {
			s.free <- sl.uid
		}
	}
	if s.isClosing() {
		s.pool.put(slot{})
		return
	}
	next, err := s.make()
	if err != nil {
		s.onError(err)
	} else {
		s.startAhead(&next, kind)
	}
	s.pool.put(next)
}

// keep keeps the directory of a run that did nothing to it: to make and to
// remove one, and the file in it, is much of what a short run costs. What a
// program can do to a directory beyond what reset sees, the filter forbids.
func (s *Sandbox) keep(sl slot) bool {
	if !s.layers.Has(Seccomp) || s.isClosing() || !s.base.reset(&sl) {
		return false
	}
	select {
	case s.resting <- sl:
		return true
	default:
		return false
	}
}

// errAlive means that a process outlived the kill, in the kernel.
var errAlive = errors.New("processes are left that cannot be killed")

// clear waits until no process of the uid is left, and collects its zombies,
// which would count against the next run's RLIMIT_NPROC.
func (s *Sandbox) clear(uid int) error {
	const patience, longest = 30 * time.Second, 100 * time.Millisecond
	deadline := time.Now().Add(patience)
	for wait := time.Millisecond; !gone(uid); wait = min(2*wait, longest) {
		left, living := s.remains(uid)
		if left == 0 {
			return nil
		}
		if living {
			cred.Kill(uid, s.uids.spare())
		}
		if time.Now().After(deadline) {
			return errAlive
		}
		time.Sleep(wait)
	}
	return nil
}

// remains counts the processes of a uid and reaps those that are dead.
func (s *Sandbox) remains(uid int) (left int, living bool) {
	for _, p := range proc.List() {
		if p.UID != uid {
			continue
		}
		st, ok := proc.ReadStat(p.PID)
		switch {
		case !ok:
		case st.Dead() && st.Parent == os.Getpid():
			reap(p.PID)
		default:
			left++
			living = living || !st.Dead()
		}
	}
	return left, living
}
