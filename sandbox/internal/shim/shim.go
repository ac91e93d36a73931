// Package shim turns a fresh process of this binary into a confined program.
//
// Between fork and exec a Go program may not run ordinary code, so the server
// executes its own binary again and this package takes over in its init,
// before the heavy packages of the binary are initialised: Go initialises
// packages in the order of their import paths once their imports are done, and
// this one imports nearly nothing. It reads its configuration from descriptor
// 3, applies one layer after the other, each an ordinary function, and
// executes the program. The descriptor closes by itself when exec works; what is
// said before is one of the messages below.
//
// The guardian, the small process that ends every program when the server
// dies, is the package's other mode.
package shim

import (
	"os"
	"syscall"
	"unsafe"
)

// The names under which the binary is executed again.
const (
	Name         = "executor-shim"
	GuardianName = "executor-guardian"
)

// ControlFD is where a shim finds its configuration and reports its failure,
// and a guardian its pipe.
const ControlFD = 3

func init() {
	if len(os.Args) == 0 {
		return
	}
	switch os.Args[0] {
	case Name:
		os.Exit(confine())
	case GuardianName:
		os.Exit(guard())
	}
}

// layer is one step on the way from root to a confined program.
type layer struct {
	name  string
	bit   uint32 // 0: always applied
	apply func(*Config) error
}

// layers are applied in this order, which is policy.
var layers = [...]layer{
	{"close_fds", 0, closeFDs},                 // first: nothing below may leak a descriptor
	{"priority", 0, setPriority},               // while /proc/self is still root's own
	{"rlimits", OnRlimits, setRlimits},         // before the uid, whose processes they count
	{"uid", 0, setIDs},                         //
	{"parent_death", 0, dieWithParent},         // a change of uid clears it
	{"directory", 0, enterDirectory},           // as the uid: only it may enter
	{"no_new_privs", OnNoNewPrivs, noNewPrivs}, // the two below need it
	{"landlock", OnLandlock, restrictFiles},    // opens paths: not after seccomp
	{"signals", 0, resetSignals},               // what was ignored would stay so
	{"seccomp", OnSeccomp, filterSystemCalls},  // last: it could forbid what is above
	{"exec", 0, execute},                       // does not return
}

// LayerName says which layer a failure report is about.
func LayerName(i int) string {
	if i < 0 || i >= len(layers) {
		return "configuration"
	}
	return layers[i].name
}

// confine applies the layers and executes the program. It returns only when
// something failed, and has then reported the layer's index and the errno.
func confine() int {
	c, err := readConfig(ControlFD)
	if err != nil {
		return report(len(layers), err)
	}
	for i, l := range layers {
		if l.bit != 0 && c.Layers&l.bit == 0 {
			continue
		}
		if err := l.apply(c); err != nil {
			return report(i, err)
		}
	}
	return report(len(layers), syscall.EINVAL) // execute does not return
}

// MessageSize is the size of what a shim says: a byte and three numbers. The
// byte Ready comes right before exec, with the time (CLOCK_MONOTONIC) and the
// processor time used so far, in nanoseconds, and the most memory that the
// process had so far, in bytes: exec does not forget it, nor that it was the
// server's own for a moment, between vfork and exec. Any other byte is a layer
// that failed, and the first number its errno; it is the last.
const (
	MessageSize = 25
	Ready       = 0xff
)

// ParseMessage reads one.
func ParseMessage(b []byte) (what byte, numbers [3]uint64) {
	return b[0], [3]uint64{get(b[1:]), get(b[9:]), get(b[17:])}
}

func writeMessage(what byte, numbers ...uint64) {
	b := make([]byte, MessageSize)
	b[0] = what
	for i, n := range numbers {
		put(b[1+8*i:], n)
	}
	syscall.Write(ControlFD, b)
}

func report(layer int, err error) int {
	errno, ok := err.(syscall.Errno)
	if !ok {
		errno = syscall.EINVAL
	}
	writeMessage(byte(layer), uint64(errno))
	return 1
}

const (
	sysCloseRange        = 436
	sysLandlockCreate    = 444
	sysLandlockAddRule   = 445
	sysLandlockRestrict  = 446
	sysSeccomp           = 317
	closeRangeCloexec    = 4
	landlockPathBeneath  = 1
	seccompSetModeFilter = 1
	prSetPdeathsig       = 1
	prSetNoNewPrivs      = 38
	oPath                = 0x200000
	sigsetSize           = 8
	lastSignal           = 64
	programUmask         = 0o022
	oomScoreAdj          = "1000"
)

func call(trap, a, b, c uintptr) error {
	if _, _, e := syscall.RawSyscall6(trap, a, b, c, 0, 0, 0); e != 0 {
		return e
	}
	return nil
}

// closeFDs marks everything but the standard streams, and the line if there is
// one, to be closed by exec. Go protects only descriptors that it opened itself.
func closeFDs(c *Config) error {
	if err := call(sysCloseRange, ControlFD, uintptr(^uint32(0)), closeRangeCloexec); err != nil || c.Line == 0 {
		return err
	}
	return call(syscall.SYS_FCNTL, uintptr(c.Line), syscall.F_SETFD, 0)
}

// setPriority puts the program behind the server: for the processor, and first
// in line when the kernel runs out of memory. Where a session is a scheduling
// group of its own (autogroup), only the group's nice value counts against the
// server. Neither file need be there.
func setPriority(c *Config) error {
	writeFile("/proc/self/oom_score_adj", oomScoreAdj)
	writeFile("/proc/self/autogroup", itoa(c.Nice))
	return syscall.Setpriority(syscall.PRIO_PROCESS, 0, c.Nice)
}

func writeFile(path, text string) {
	fd, err := syscall.Open(path, syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	syscall.Write(fd, []byte(text))
	syscall.Close(fd)
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// setRlimits uses syscall.Setrlimit and not prlimit: Go raises the number of
// open files at its start and would put it back before exec.
func setRlimits(c *Config) error {
	for _, r := range c.Rlimits {
		if err := syscall.Setrlimit(r.Resource, &syscall.Rlimit{Cur: r.Soft, Max: r.Hard}); err != nil {
			return err
		}
	}
	return nil
}

// setIDs gives up root for good, on this thread, which is the one that will
// execute the program: real, effective and saved ids, and every other group.
// What has to become others in its turn stays root, but for its capabilities.
func setIDs(c *Config) error {
	if c.Capabilities != 0 {
		return keepOnly(c)
	}
	if c.UID <= 0 || c.GID <= 0 { // root, and -1, which means "as it is"
		return syscall.EINVAL
	}
	uid, gid := uintptr(c.UID), uintptr(c.GID)
	if err := call(syscall.SYS_SETGROUPS, 0, 0, 0); err != nil {
		return err
	}
	if err := call(syscall.SYS_SETRESGID, gid, gid, gid); err != nil {
		return err
	}
	return call(syscall.SYS_SETRESUID, uid, uid, uid)
}

// keepOnly gives up every capability but a few. Exec would give root the others
// back, but not where there are no new privileges.
func keepOnly(c *Config) error {
	if c.Layers&OnNoNewPrivs == 0 {
		return syscall.EINVAL
	}
	if err := call(syscall.SYS_SETGROUPS, 0, 0, 0); err != nil {
		return err
	}
	const version3 = 0x20080522
	header := [2]uint32{version3, 0}
	low, high := uint32(c.Capabilities), uint32(c.Capabilities>>32)
	data := [6]uint32{low, low, 0, high, high, 0} // effective, permitted, inheritable
	return call(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data)), 0)
}

// dieWithParent covers the program itself; the guardian covers what it forks.
func dieWithParent(c *Config) error {
	if err := call(syscall.SYS_PRCTL, prSetPdeathsig, uintptr(syscall.SIGKILL), 0); err != nil {
		return err
	}
	if syscall.Getppid() != c.Parent {
		return syscall.ESRCH // it died before it could be noticed
	}
	return nil
}

func enterDirectory(c *Config) error {
	syscall.Umask(programUmask)
	return syscall.Chdir(c.Dir)
}

func noNewPrivs(*Config) error {
	return call(syscall.SYS_PRCTL, prSetNoNewPrivs, 1, 0)
}

// restrictFiles builds the ruleset here and not once in the server: the rule
// for /proc/self names this very process. A path that is gone gives no right.
func restrictFiles(c *Config) error {
	ruleset, err := CreateRuleset(c.Landlock)
	if err != nil {
		return err
	}
	for _, r := range c.Landlock.Rules {
		fd, err := syscall.Open(r.Path, oPath|syscall.O_CLOEXEC, 0)
		if err == syscall.ENOENT || err == syscall.EACCES {
			continue
		}
		if err != nil {
			return err
		}
		if err := AddRule(ruleset, fd, r.Access); err != nil {
			return err
		}
		syscall.Close(fd)
	}
	return call(sysLandlockRestrict, uintptr(ruleset), 0, 0)
}

// CreateRuleset makes a ruleset without its rules, and returns its descriptor.
func CreateRuleset(r Ruleset) (fd int, err error) {
	attr := [3]uint64{r.HandledFS, r.HandledNet, r.Scoped}
	ruleset, _, e := syscall.RawSyscall(sysLandlockCreate, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if e != 0 {
		return -1, e
	}
	return int(ruleset), nil
}

// AddRule allows access below what fd is open on. It passes struct
// landlock_path_beneath_attr, which is packed: eight bytes of rights and four
// of descriptor.
func AddRule(ruleset, fd int, access uint64) error {
	var attr [16]byte
	put(attr[:], access)
	put(attr[8:], uint64(fd))
	_, _, e := syscall.RawSyscall6(sysLandlockAddRule, uintptr(ruleset), landlockPathBeneath, uintptr(unsafe.Pointer(&attr)), 0, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

// resetSignals gives the program the dispositions of a fresh login, whatever
// started the server. Handlers of this process need no care: exec drops them.
func resetSignals(*Config) error {
	var dfl [4]uint64 // struct sigaction: SIG_DFL, no flags, no mask
	for sig := uintptr(1); sig <= lastSignal; sig++ {
		syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&dfl)), 0, sigsetSize, 0, 0)
	}
	var none uint64
	const sigSetmask = 2
	_, _, e := syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, sigSetmask, uintptr(unsafe.Pointer(&none)), 0, sigsetSize, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

func filterSystemCalls(c *Config) error {
	const instruction = 8 // bytes of struct sock_filter
	if len(c.Filter) == 0 || len(c.Filter)%instruction != 0 {
		return syscall.EINVAL
	}
	prog := struct {
		len    uint16
		filter *byte
	}{uint16(len(c.Filter) / instruction), &c.Filter[0]}
	return call(sysSeccomp, seccompSetModeFilter, 0, uintptr(unsafe.Pointer(&prog)))
}

// execute becomes the program. When that was, and what the process has used
// until then, is told first: its figures go on.
func execute(c *Config) error {
	const clockMonotonic = 1
	var ru syscall.Rusage
	var now syscall.Timespec
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	writeMessage(Ready, uint64(now.Nano()), uint64(ru.Utime.Nano()+ru.Stime.Nano()), uint64(ru.Maxrss)<<10)
	return syscall.Exec(c.Path, c.Args, c.Env)
}
