package sandbox

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/proc"
)

// How often the watchdog looks. Each kind of look also waits a multiple of what
// it cost, so that hostile programs cannot make the watchdog the load.
const (
	scanEvery  = 5 * time.Millisecond // which processes belong to which run
	youngEvery = 2 * time.Millisecond // memory, while a run is young: most are over before they are old
	young      = 20 * time.Millisecond
	// soonLook is for a program that has less memory than the shim before it, and
	// may be over in a moment: no figure but a look's says what it had.
	soonLook   = 300 * time.Microsecond
	lookEvery  = 4 * time.Millisecond  // memory
	filesEvery = 25 * time.Millisecond // descriptors, shared memory, processor time
	diskEvery  = 25 * time.Millisecond
	peakEvery  = 100 * time.Millisecond // what several processes have, exactly, when it is far from the limit
	firstLook  = 10 * time.Millisecond  // at files and disk: most runs are over before
	maxPause   = 250 * time.Millisecond
	costFactor = 10
)

// watchdog measures the runs, all of them in one pass over /proc, and ends those
// that are over a limit.
type watchdog struct {
	server int            // our pid: orphans of runs become our children
	shared []string       // directories that runs can write to besides their own
	system func() reserve // what the machine has left
	disk   uint64         // the device that work directories are on
	kernel *killer

	patient time.Time // until then the last line ends nobody; the scan's own

	mu    sync.Mutex
	runs  map[int]*watch // by uid
	busy  chan struct{}  // a run was added to none
	close chan struct{}
}

// watch is one run under the watchdog's eyes.
type watch struct {
	dog    *watchdog
	uid    int
	main   int // pid of the step's first process; 0 before it runs
	dir    string
	limits Limits
	end    context.CancelCauseFunc
	kills  int64 // of the kernel, for want of memory, until it began

	pids    atomic.Pointer[[]int]
	files   atomic.Int64 // bytes of memory in files: deleted, shared
	disk    atomic.Int64
	memory  atomic.Int64 // at the last look
	peak    atomic.Int64
	tasks   atomic.Int64 // most processes and threads seen
	cpu     atomic.Int64 // nanoseconds, at the last look
	exact   time.Time    // when the exact measurement is due again
	peaking time.Time    // when it is for the peak alone
	hiding  []int        // processes that hid their descriptors at the last look
	passing int64        // descriptors on their way at the last look
	torn    int          // looks at the disk, in a row, that did not see all of it

	born    time.Time
	mu      sync.Mutex
	timers  []*time.Timer
	stopped bool
}

func newWatchdog(server int, base string, shared []string, system func() reserve) *watchdog {
	var st unix.Stat_t
	unix.Stat(base, &st)
	d := &watchdog{
		server: server, shared: shared, system: system, disk: st.Dev, kernel: openKiller(),
		runs: map[int]*watch{}, busy: make(chan struct{}, 1), close: make(chan struct{}),
	}
	go d.scan()
	return d
}

// watch begins to measure a step, whose first process was just executed. end
// is called with a limitError when it is over a limit. soon has it look sooner.
func (d *watchdog) watch(uid, main int, dir string, l Limits, soon bool, end context.CancelCauseFunc) *watch {
	w := &watch{dog: d, uid: uid, main: main, dir: dir, limits: l, end: end, born: time.Now(), kills: d.kernel.kills()}
	w.pids.Store(&[]int{main})
	d.mu.Lock()
	d.runs[uid] = w
	d.mu.Unlock()
	select {
	case d.busy <- struct{}{}:
	default:
	}
	first := youngEvery
	if soon {
		w.lookAtMemory()
		first = soonLook
	}
	w.loop(first, func() time.Duration {
		switch age := time.Since(w.born); {
		case soon && age < youngEvery:
			return age
		case age < young:
			return youngEvery
		}
		return w.often(lookEvery)
	}, w.lookAtMemory)
	w.loop(firstLook, func() time.Duration { return filesEvery }, w.lookAtFiles)
	w.loop(firstLook, func() time.Duration { return diskEvery }, w.lookAtDisk)
	return w
}

// finish stops the measuring. A look under way may come to its end a little
// later; it finds nothing that is anybody's business any more.
func (w *watch) finish() {
	w.dog.mu.Lock()
	delete(w.dog.runs, w.uid)
	w.dog.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	for _, t := range w.timers {
		t.Stop()
	}
}

func (w *watch) loop(first time.Duration, every func() time.Duration, look func()) {
	// Most runs are over before the first look: they cost a timer and nothing
	// else.
	var timer *time.Timer
	w.mu.Lock()
	defer w.mu.Unlock()
	timer = time.AfterFunc(first, func() {
		start := time.Now()
		look()
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.stopped {
			timer.Reset(pause(every(), time.Since(start)))
		}
	})
	w.timers = append(w.timers, timer)
}

// pause is how long to wait after a look that took cost.
func pause(every, cost time.Duration) time.Duration {
	return min(max(every, costFactor*cost), maxPause)
}

// scan finds the processes of all runs, while there are runs.
func (d *watchdog) scan() {
	for {
		select {
		case <-d.close:
			return
		case <-d.busy:
		}
		// Until now the only process of a run was its first.
		for wait := scanEvery; wait > 0; wait = d.scanOnce() {
			select {
			case <-d.close:
				return
			case <-time.After(wait):
			}
		}
	}
}

// scanOnce returns how long to wait for the next time; 0 when nothing runs.
func (d *watchdog) scanOnce() time.Duration {
	start := time.Now()
	switch runs, old := d.count(start); {
	case runs == 0:
		return 0
	case old == 0:
		return scanEvery
	}
	byUID := map[int][]int{}
	for _, p := range proc.List() {
		byUID[p.UID] = append(byUID[p.UID], p.PID)
	}
	d.mu.Lock()
	runs := make([]*watch, 0, len(d.runs))
	next := maxPause
	for uid, w := range d.runs {
		pids := byUID[uid]
		w.pids.Store(&pids)
		runs = append(runs, w)
		next = min(next, w.often(scanEvery))
	}
	d.mu.Unlock()
	d.lastLine(runs)
	if len(runs) == 0 {
		return 0
	}
	return pause(next, time.Since(start))
}

// often is how often to look at a run: at least as often as every, less often where
// it could not use up the room it has left in several times as long, as compilers
// with their high limits.
func (w *watch) often(every time.Duration) time.Duration {
	const looks, most = 8, 20 * time.Millisecond
	room := w.limits.Memory - w.memory.Load()
	return min(max(every, fillTime(room)/looks), most)
}

// count says how many runs there are, and how many are old enough to be looked
// for: to search all of /proc costs more than most runs do.
func (d *watchdog) count(now time.Time) (runs, old int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.runs {
		if now.Sub(w.born) >= scanEvery {
			old++
		}
	}
	return len(d.runs), old
}

// lastLine ends the largest run when the machine itself runs low: limits may
// have been set higher than what it has, and some memory is in no figure.
func (d *watchdog) lastLine(runs []*watch) {
	if time.Now().Before(d.patient) {
		return
	}
	left := d.system()
	if left.memoryLow {
		d.sacrifice(largest(runs, (*watch).allMemory, worthEnding), Memory)
	}
	if left.sharedLow {
		d.sacrifice(largest(runs, func(w *watch) int64 { return w.files.Load() }, worthEndingShared), Memory)
	}
	if left.diskLow {
		d.sacrifice(largest(runs, (*watch).allDisk, worthEnding), Disk)
	}
}

// relief is how long the end of the largest run may take to show in the
// machine's figures, and its directory to be gone, before the next must go.
const relief = time.Second

func (d *watchdog) sacrifice(w *watch, why Outcome) {
	if w != nil {
		w.end(limitError(why))
		d.patient = time.Now().Add(relief)
	}
}

// worthEnding is the least that a run must have to be ended for the others'
// sake: where even the largest has less, somebody else is to blame.
const (
	worthEnding       = 32 << 20
	worthEndingShared = 4 << 20
)

func largest(runs []*watch, size func(*watch) int64, least int64) (found *watch) {
	most := least - 1
	for _, w := range runs {
		if n := size(w); n > most {
			found, most = w, n
		}
	}
	return found
}

// allMemory counts what no other figure shows as well: memory that is shared stays
// with its mapping, also where no page table has it, and what was unmapped of one.
func (w *watch) allMemory() int64 {
	held := deletedMappings(w.uid, *w.pids.Load())
	return w.memory.Load() + held.bytes + int64(held.files)*hiddenBehind
}

// hiddenBehind is what may be behind a mapping of which only a page is left.
const hiddenBehind = 1 << 20

// allDisk counts what is in no directory as well: deleted files that the run
// still has mapped. Their size cannot be seen, but it has a bound.
func (w *watch) allDisk() int64 {
	return w.disk.Load() + int64(deletedMappings(w.uid, *w.pids.Load()).files)*w.limits.File
}

// lookAtMemory is the cheap look: resident pages, which count a page that
// processes share once for each, and the most that page tables may take. Only
// when that is over the limit, the exact figures decide.
func (w *watch) lookAtMemory() {
	pids := *w.pids.Load()
	files := w.files.Load()
	first := residentMemory(pids)
	if seen := first.largest + files; seen <= w.limits.Memory && (len(pids) <= 1 || first.largest > w.memory.Load()) {
		w.saw(seen)
	}
	if first.upper+files > w.limits.Memory && !time.Now().Before(w.exact) {
		w.lookExactly(pids, files)
	}
}

func (w *watch) lookExactly(pids []int, files int64) {
	used := w.exactly(pids) + files
	w.saw(used)
	if used > w.limits.Memory {
		w.end(limitError(Memory))
	}
	w.exact = time.Now().Add(timeToFill(w.limits.Memory - used))
}

// exactly measures once, and where that would be news, once more: what a child
// between vfork and exec adds is its parent's, and may have been counted twice.
func (w *watch) exactly(pids []int) int64 {
	used := exactMemory(w.uid, pids)
	if len(pids) == 1 || used <= w.peak.Load() && used <= w.limits.Memory {
		return used
	}
	time.Sleep(time.Millisecond)
	return min(used, exactMemory(w.uid, *w.pids.Load()))
}

// timeToFill is how soon a run could have used up the room it has left.
func timeToFill(room int64) time.Duration { return min(fillTime(room), filesEvery) }

func fillTime(room int64) time.Duration {
	const fastest = 10 << 20 // bytes a millisecond that a processor can dirty
	return time.Duration(room/fastest) * time.Millisecond
}

func (w *watch) saw(used int64) {
	w.memory.Store(used)
	for {
		peak := w.peak.Load()
		if used <= peak || w.peak.CompareAndSwap(peak, used) {
			return
		}
	}
}

// lookAtFiles counts memory that is in files, processor time, and processes.
func (w *watch) lookAtFiles() {
	pids := *w.pids.Load()
	held := heldFiles(w.uid, pids, w.dog.disk)
	if slices.ContainsFunc(held.hidden, func(pid int) bool { return slices.Contains(w.hiding, pid) }) {
		// What cannot be counted is counted as too much. Twice, because a
		// process may look like that for a moment while it ends or executes.
		w.end(limitError(Memory))
	}
	w.hiding = held.hidden
	if min(held.passing, w.passing)*w.limits.File > w.limits.Memory { // each could be of a deleted file
		w.end(limitError(Memory))
	}
	w.passing = held.passing
	sharedMemory, _ := sharedUse(w.dog.shared, w.uid)
	w.files.Store(held.memory + sharedMemory)
	if held.memory+held.buffers+sharedMemory > w.limits.Memory {
		w.end(limitError(Memory))
	}
	if now := time.Now(); len(pids) > 1 && !now.Before(w.peaking) {
		w.saw(w.exactly(pids) + held.memory + sharedMemory)
		w.peaking = now.Add(peakEvery)
	}
	var cpu time.Duration
	tasks := 0
	for _, pid := range pids {
		st, ok := proc.ReadStat(pid)
		switch {
		case !ok:
			continue
		case st.Dead() && st.Parent == w.dog.server && pid != w.main:
			reap(pid)
		}
		cpu += time.Duration(st.CPUTicks) * (time.Second / 100)
		tasks += st.Threads
	}
	if int64(tasks) > w.tasks.Load() {
		w.tasks.Store(int64(tasks))
	}
	w.cpu.Store(int64(cpu))
	if cpu > w.limits.CPU {
		w.end(limitError(CPUTime))
	}
}

// mostTorn looks in a row that could not see everything count as too much:
// somebody moves or closes directories all the time so that they cannot.
const mostTorn = 4

func (w *watch) lookAtDisk() {
	pids := *w.pids.Load()
	_, disk := sharedUse(w.dog.shared, w.uid)
	disk += heldFiles(w.uid, pids, w.dog.disk).disk
	own, err := dirSize(w.dir, w.uid, w.limits.Disk)
	disk += own
	w.disk.Store(disk)
	if w.torn++; err != errMoved {
		w.torn = 0
	}
	if disk > w.limits.Disk || w.torn >= mostTorn {
		w.end(limitError(Disk))
	}
}
