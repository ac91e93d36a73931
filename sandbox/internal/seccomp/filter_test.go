package seccomp

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// data is struct seccomp_data, which is all that a filter sees of a call.
type data [64]byte

func call(arch, nr uint32, args ...uint64) (d data) {
	binary.NativeEndian.PutUint32(d[0:], nr)
	binary.NativeEndian.PutUint32(d[4:], arch)
	binary.NativeEndian.PutUint64(d[8:], 0x7fff_dead_beef) // the caller's address is nobody's business
	for i, a := range args {
		binary.NativeEndian.PutUint64(d[16+8*i:], a)
	}
	return d
}

// program is a filter as the kernel gets it.
type program []unix.SockFilter

func parse(t testing.TB, raw []byte) program {
	t.Helper()
	const instruction = 8
	if len(raw) == 0 || len(raw)%instruction != 0 {
		t.Fatalf("%d bytes are no whole number of instructions", len(raw))
	}
	prog := make(program, 0, len(raw)/instruction)
	for ; len(raw) > 0; raw = raw[instruction:] {
		prog = append(prog, unix.SockFilter{
			Code: binary.NativeEndian.Uint16(raw), Jt: raw[2], Jf: raw[3], K: binary.NativeEndian.Uint32(raw[4:]),
		})
	}
	return prog
}

const (
	opLoad  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	opAnd   = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	opJump  = unix.BPF_JMP | unix.BPF_JA
	opEqual = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	opAbove = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	opRet   = unix.BPF_RET | unix.BPF_K
)

// check is what the kernel asks of a filter before it loads it. All jumps go
// forward, so with a return behind the last of them every path ends in one.
func (p program) check() error {
	const most = 4096 // BPF_MAXINSNS
	if len(p) == 0 || len(p) > most {
		return fmt.Errorf("%d instructions", len(p))
	}
	for pc, i := range p {
		left := uint32(len(p) - pc - 1)
		ok := false
		switch i.Code {
		case opLoad:
			ok = i.K%4 == 0 && i.K < uint32(len(data{}))
		case opJump:
			ok = i.K < left
		case opEqual, opAbove:
			ok = uint32(i.Jt) < left && uint32(i.Jf) < left
		case opAnd, opRet:
			ok = true
		}
		if !ok {
			return fmt.Errorf("instruction %d of %d is not valid: %+v", pc, len(p), i)
		}
	}
	if p[len(p)-1].Code != opRet {
		return fmt.Errorf("the last instruction is no return: %+v", p[len(p)-1])
	}
	return nil
}

// run interprets a program that check has found to be valid, and counts the
// instructions.
func (p program) run(d *data) (v Verdict, steps int) {
	var a uint32
	for pc := 0; ; pc++ {
		steps++
		i := &p[pc]
		switch i.Code {
		case opLoad:
			a = binary.NativeEndian.Uint32(d[i.K:])
		case opAnd:
			a &= i.K
		case opJump:
			pc += int(i.K)
		case opEqual:
			pc += branch(a == i.K, i)
		case opAbove:
			pc += branch(a >= i.K, i)
		case opRet:
			return Verdict(i.K), steps
		}
	}
}

func branch(taken bool, i *unix.SockFilter) int {
	if taken {
		return int(i.Jt)
	}
	return int(i.Jf)
}

func load(t testing.TB, unixSockets bool) program {
	t.Helper()
	p := parse(t, Filter(unixSockets))
	if err := p.check(); err != nil {
		t.Fatal(err)
	}
	return p
}

func both(t *testing.T, run func(t *testing.T, p program, unixSockets bool)) {
	for _, unixSockets := range []bool{false, true} {
		t.Run(fmt.Sprintf("unixSockets=%v", unixSockets), func(t *testing.T) {
			t.Parallel()
			run(t, load(t, unixSockets), unixSockets)
		})
	}
}

// intended says in plain Go what the policy is meant to be. It shares the lists
// of plain calls with the policy, and neither its conditions nor any of the
// steps from there to the bytes.
func intended(unixSockets bool) func(nr uint32, args []uint64) Verdict {
	allow, refuse := map[uint32]bool{}, map[uint32]bool{}
	for _, nr := range allowed {
		allow[nr] = true
	}
	for _, nr := range refused {
		refuse[nr] = true
	}
	onlyIf := func(ok bool) Verdict {
		if ok {
			return Allow
		}
		return EPERM
	}
	return func(nr uint32, args []uint64) Verdict {
		// The kernel takes all of these arguments as ints.
		a, b := uint32(args[0]), uint32(args[1])
		switch nr {
		case unix.SYS_CLONE:
			return onlyIf(a&(unix.CLONE_NEWNS|unix.CLONE_NEWCGROUP|unix.CLONE_NEWUTS|unix.CLONE_NEWIPC|
				unix.CLONE_NEWUSER|unix.CLONE_NEWPID|unix.CLONE_NEWNET) == 0 &&
				(a&unix.CLONE_THREAD == 0 || a&unix.CLONE_FILES != 0) && // threads share their descriptors
				(a&unix.CLONE_VFORK == 0 || a&unix.CLONE_VM != 0)) // and vfork its memory
		case unix.SYS_CLONE3:
			return ENOSYS
		case unix.SYS_SOCKET:
			return onlyIf(unixSockets && a == unix.AF_UNIX)
		case unix.SYS_SOCKETPAIR:
			kind := b &^ (unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC)
			connected := kind == unix.SOCK_STREAM || kind == unix.SOCK_SEQPACKET
			return onlyIf(a == unix.AF_UNIX && (connected || unixSockets))
		case unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4, unix.SYS_CONNECT:
			return onlyIf(unixSockets)
		case unix.SYS_SETPRIORITY, unix.SYS_IOPRIO_SET:
			return onlyIf(b == 0)
		case unix.SYS_SCHED_SETAFFINITY, unix.SYS_SCHED_SETATTR, unix.SYS_SCHED_SETPARAM:
			return onlyIf(a == 0)
		case unix.SYS_SCHED_SETSCHEDULER:
			if a != 0 && b == unix.SCHED_NORMAL {
				return Nothing
			}
			return onlyIf(a == 0)
		case unix.SYS_FCNTL:
			return onlyIf(b != 1031) // F_SETPIPE_SZ
		case unix.SYS_PERSONALITY:
			return onlyIf(a == 0 || a == 0xffffffff)
		case unix.SYS_IOCTL:
			for _, mark := range marks {
				if b == mark {
					return EPERM
				}
			}
			return onlyIf(b != unix.TIOCSTI && b != unix.TIOCLINUX)
		}
		switch {
		case allow[nr]:
			return Allow
		case refuse[nr]:
			return EPERM
		}
		return ENOSYS
	}
}

// numbers are the calls to try: all there are, with room for those to come, the
// same behind the x32 bit, and the edges of 32 bits.
func numbers() (nrs []uint32) {
	for nr := range uint32(601) {
		nrs = append(nrs, nr, nr|x32Bit)
	}
	return append(nrs, x32Bit-1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff)
}

// arguments are pairs of first and second argument to try with every call. Each
// comes also with its high half set, which the kernel ignores where it takes an
// int, and so must the filter.
func arguments() (list [][]uint64) {
	first := []uint64{0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 0xffffffff_ffffffff}
	second := append(slices.Clone(first), 1030, 1031, 1032) // fcntl
	for bit := range 32 {
		first = append(first, 1<<bit, 1<<bit|uint64(unix.SIGCHLD), 1<<bit|0xff) // clone
	}
	for family := range uint64(46) {
		first = append(first, family) // socket, socketpair
	}
	first = append(first, 0x0008, 0x0040000, 0x0200000) // personality
	for kind := range uint64(11) {
		for _, flags := range []uint64{0, unix.SOCK_NONBLOCK, unix.SOCK_CLOEXEC, unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC, 1 << 12} {
			second = append(second, kind|flags)
		}
	}
	for _, mark := range marks {
		second = append(second, uint64(mark), uint64(mark)-1, uint64(mark)+1)
	}
	first = append(first, unix.CLONE_THREAD, unix.CLONE_FILES, unix.CLONE_THREAD|unix.CLONE_FILES, unix.CLONE_THREAD|unix.CLONE_VM|unix.CLONE_SIGHAND)
	second = append(second, unix.TIOCSTI, unix.TIOCLINUX, unix.TIOCSTI-1, unix.TIOCSTI+1, unix.TIOCLINUX+1, unix.TCGETS, unix.TIOCINQ)
	// Calls look at one argument; only socketpair looks at both.
	for _, a := range first {
		for _, b := range []uint64{0, 1, unix.SOCK_STREAM | unix.SOCK_CLOEXEC, unix.SOCK_DGRAM} {
			list = append(list, []uint64{a, b})
		}
	}
	for _, b := range second {
		for _, a := range []uint64{0, unix.AF_UNIX, unix.AF_INET} {
			list = append(list, []uint64{a, b})
		}
	}
	const high = 0xdeadbeef << 32
	for _, args := range slices.Clone(list) {
		list = append(list, []uint64{args[0] | high, args[1]}, []uint64{args[0], args[1] | high})
	}
	return list
}

// The bytes do what the policy means, for every call, and for every argument
// that could make a difference. Where none should, a sample will do.
func TestFilterIsThePolicy(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, p program, unixSockets bool) {
		want := intended(unixSockets)
		all := arguments()
		var sample [][]uint64
		for i := 0; i < len(all); i += 61 {
			sample = append(sample, all[i])
		}
		rules := policy(unixSockets)
		wrong := 0
		for _, nr := range numbers() {
			args := sample
			if _, special := conditional[nr]; special || len(rules[nr].tests) > 0 {
				args = all
			}
			for _, arg := range args {
				d := call(unix.AUDIT_ARCH_X86_64, nr, arg...)
				got, _ := p.run(&d)
				if got == want(nr, arg) {
					continue
				}
				t.Errorf("call %#x%#x: %#x, want %#x", nr, arg, got, want(nr, arg))
				if wrong++; wrong > 20 {
					t.FailNow()
				}
			}
		}
	})
}

// 32-bit programs have other numbers for the same calls.
func TestOtherArchitectures(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, p program, _ bool) {
		for _, arch := range []uint32{0, unix.AUDIT_ARCH_I386, unix.AUDIT_ARCH_AARCH64, unix.AUDIT_ARCH_X86_64 ^ 1, 0xffffffff} {
			for _, nr := range numbers() {
				d := call(arch, nr, 0, 0)
				if got, _ := p.run(&d); got != ENOSYS {
					t.Fatalf("architecture %#x, call %d: %#x, want ENOSYS", arch, nr, got)
				}
			}
		}
	})
}

// What the sandbox is there to take away, by name: no edit of the lists may
// give it back.
func TestDangerousCallsAreRefused(t *testing.T) {
	t.Parallel()
	dangerous := map[string]uint32{
		"ptrace": unix.SYS_PTRACE, "process_vm_readv": unix.SYS_PROCESS_VM_READV, "process_vm_writev": unix.SYS_PROCESS_VM_WRITEV,
		"pidfd_getfd": unix.SYS_PIDFD_GETFD, "kcmp": unix.SYS_KCMP, "process_madvise": unix.SYS_PROCESS_MADVISE,
		"process_mrelease": unix.SYS_PROCESS_MRELEASE,
		"unshare":          unix.SYS_UNSHARE, "setns": unix.SYS_SETNS, "clone3": unix.SYS_CLONE3,
		"mount": unix.SYS_MOUNT, "umount2": unix.SYS_UMOUNT2, "pivot_root": unix.SYS_PIVOT_ROOT, "chroot": unix.SYS_CHROOT,
		"open_tree": unix.SYS_OPEN_TREE, "move_mount": unix.SYS_MOVE_MOUNT, "fsopen": unix.SYS_FSOPEN, "fsmount": unix.SYS_FSMOUNT,
		"mount_setattr": unix.SYS_MOUNT_SETATTR,
		"bpf":           unix.SYS_BPF, "perf_event_open": unix.SYS_PERF_EVENT_OPEN, "userfaultfd": unix.SYS_USERFAULTFD,
		"io_uring_setup": unix.SYS_IO_URING_SETUP, "io_uring_enter": unix.SYS_IO_URING_ENTER, "io_uring_register": unix.SYS_IO_URING_REGISTER,
		"io_setup": unix.SYS_IO_SETUP, "io_submit": unix.SYS_IO_SUBMIT,
		"keyctl": unix.SYS_KEYCTL, "add_key": unix.SYS_ADD_KEY, "request_key": unix.SYS_REQUEST_KEY,
		"fanotify_init": unix.SYS_FANOTIFY_INIT, "name_to_handle_at": unix.SYS_NAME_TO_HANDLE_AT, "open_by_handle_at": unix.SYS_OPEN_BY_HANDLE_AT,
		"quotactl": unix.SYS_QUOTACTL, "seccomp": unix.SYS_SECCOMP,
		"landlock_create_ruleset": unix.SYS_LANDLOCK_CREATE_RULESET,
		"memfd_create":            unix.SYS_MEMFD_CREATE, "memfd_secret": unix.SYS_MEMFD_SECRET, "vmsplice": unix.SYS_VMSPLICE,
		"shmget": unix.SYS_SHMGET, "shmat": unix.SYS_SHMAT, "semget": unix.SYS_SEMGET, "semop": unix.SYS_SEMOP,
		"msgget": unix.SYS_MSGGET, "msgsnd": unix.SYS_MSGSND, "mq_open": unix.SYS_MQ_OPEN, "mq_timedsend": unix.SYS_MQ_TIMEDSEND,
		"reboot": unix.SYS_REBOOT, "kexec_load": unix.SYS_KEXEC_LOAD, "kexec_file_load": unix.SYS_KEXEC_FILE_LOAD,
		"init_module": unix.SYS_INIT_MODULE, "finit_module": unix.SYS_FINIT_MODULE, "delete_module": unix.SYS_DELETE_MODULE,
		"swapon": unix.SYS_SWAPON, "swapoff": unix.SYS_SWAPOFF, "acct": unix.SYS_ACCT, "syslog": unix.SYS_SYSLOG,
		"sethostname": unix.SYS_SETHOSTNAME, "settimeofday": unix.SYS_SETTIMEOFDAY, "clock_settime": unix.SYS_CLOCK_SETTIME,
		"iopl": unix.SYS_IOPL, "ioperm": unix.SYS_IOPERM, "modify_ldt": unix.SYS_MODIFY_LDT, "uselib": unix.SYS_USELIB,
		"sync": unix.SYS_SYNC, "syncfs": unix.SYS_SYNCFS,
		"migrate_pages": unix.SYS_MIGRATE_PAGES, "move_pages": unix.SYS_MOVE_PAGES, "mbind": unix.SYS_MBIND,
		"nfsservctl": unix.SYS_NFSSERVCTL, "lookup_dcookie": unix.SYS_LOOKUP_DCOOKIE, "_sysctl": unix.SYS__SYSCTL,
	}
	refusal := func(v Verdict) bool { return v == EPERM || v == ENOSYS }
	both(t, func(t *testing.T, p program, _ bool) {
		args := arguments()
		for name, nr := range dangerous {
			for _, arg := range args {
				d := call(unix.AUDIT_ARCH_X86_64, nr, arg...)
				if got, _ := p.run(&d); !refusal(got) {
					t.Errorf("%s%#x: %#x", name, arg, got)
					break
				}
			}
		}
		for family := range uint64(64) {
			for _, nr := range []uint32{unix.SYS_SOCKET, unix.SYS_SOCKETPAIR} {
				d := call(unix.AUDIT_ARCH_X86_64, nr, family, unix.SOCK_STREAM)
				if got, _ := p.run(&d); family != unix.AF_UNIX && !refusal(got) {
					t.Errorf("call %d of address family %d: %#x", nr, family, got)
				}
			}
		}
		for _, flag := range []uint64{unix.CLONE_NEWNS, unix.CLONE_NEWCGROUP, unix.CLONE_NEWUTS, unix.CLONE_NEWIPC,
			unix.CLONE_NEWUSER, unix.CLONE_NEWPID, unix.CLONE_NEWNET} {
			for _, with := range []uint64{0, uint64(unix.SIGCHLD), unix.CLONE_VM | unix.CLONE_VFORK, 1 << 32} {
				d := call(unix.AUDIT_ARCH_X86_64, unix.SYS_CLONE, flag|with)
				if got, _ := p.run(&d); !refusal(got) {
					t.Errorf("clone(%#x): %#x", flag|with, got)
				}
			}
		}
	})
}

// What no program can do without.
func TestEverydayCallsAreAllowed(t *testing.T) {
	t.Parallel()
	const thread = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_THREAD | unix.CLONE_SYSVSEM |
		unix.CLONE_SETTLS | unix.CLONE_PARENT_SETTID | unix.CLONE_CHILD_CLEARTID
	both(t, func(t *testing.T, p program, _ bool) {
		for _, row := range []struct {
			name string
			nr   uint32
			args []uint64
		}{
			{"read", unix.SYS_READ, nil}, // number 0, the tree's left edge
			{"write", unix.SYS_WRITE, nil},
			{"openat", unix.SYS_OPENAT, nil},
			{"mmap", unix.SYS_MMAP, nil},
			{"futex", unix.SYS_FUTEX, nil},
			{"execve", unix.SYS_EXECVE, nil},
			{"exit_group", unix.SYS_EXIT_GROUP, nil},
			{"getrandom", unix.SYS_GETRANDOM, nil},
			{"rseq", unix.SYS_RSEQ, nil},
			{"fork by clone", unix.SYS_CLONE, []uint64{uint64(unix.SIGCHLD) | unix.CLONE_CHILD_SETTID | unix.CLONE_CHILD_CLEARTID}},
			{"posix_spawn", unix.SYS_CLONE, []uint64{uint64(unix.SIGCHLD) | unix.CLONE_VM | unix.CLONE_VFORK}},
			{"a thread", unix.SYS_CLONE, []uint64{thread}},
			{"terminal size", unix.SYS_IOCTL, []uint64{1, unix.TIOCGWINSZ}},
			{"socketpair", unix.SYS_SOCKETPAIR, []uint64{unix.AF_UNIX, unix.SOCK_STREAM | unix.SOCK_CLOEXEC}},
			{"which execution domain", unix.SYS_PERSONALITY, []uint64{0xffffffff}},
			{"nice(1)", unix.SYS_SETPRIORITY, []uint64{unix.PRIO_PROCESS, 0}},
			{"own processors", unix.SYS_SCHED_SETAFFINITY, []uint64{0, 8}},
		} {
			d := call(unix.AUDIT_ARCH_X86_64, row.nr, row.args...)
			if got, _ := p.run(&d); got != Allow {
				t.Errorf("%s: %#x", row.name, got)
			}
		}
	})
}

// A number in two lists would have one meaning in the policy and another for
// its reader.
func TestNoCallIsListedTwice(t *testing.T) {
	t.Parallel()
	in := map[uint32][]string{}
	for _, nr := range allowed {
		in[nr] = append(in[nr], "allowed")
	}
	for _, nr := range refused {
		in[nr] = append(in[nr], "refused")
	}
	for nr := range conditional {
		in[nr] = append(in[nr], "conditional")
	}
	for nr, lists := range in {
		if len(lists) > 1 {
			t.Errorf("call %d is in %v", nr, lists)
		}
		if nr >= x32Bit {
			t.Errorf("call %#x is not one of ours", nr)
		}
	}
}

// The kernel runs the filter for every call until its cache is filled, and for
// every call with conditions after that: a tree must stay a tree.
func TestPathsAreShort(t *testing.T) {
	t.Parallel()
	const longest = 30 // a list would take hundreds
	both(t, func(t *testing.T, p program, _ bool) {
		for nr := range uint32(601) {
			d := call(unix.AUDIT_ARCH_X86_64, nr)
			if _, steps := p.run(&d); steps > longest {
				t.Errorf("call %d takes %d of %d instructions", nr, steps, len(p))
			}
		}
	})
}

// Whatever the policy comes to be, it is assembled right: also one so large
// that a conditional jump does not reach across it.
func TestAnyPolicyIsAssembledRight(t *testing.T) {
	t.Parallel()
	verdicts := []Verdict{Allow, EPERM, ENOSYS}
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 1))
			rules := map[uint32]rule{}
			for range rnd.IntN(40) + int(seed)*10 {
				rules[rnd.Uint32N(500)] = randomRule(rnd, verdicts)
			}
			p := program{stmt(opLoad, offNr)}
			p = append(p, tree(spans(rules))...)
			if err := p.check(); err != nil {
				t.Fatal(err)
			}
			for nr := range uint32(510) {
				for range 20 {
					args := []uint64{rnd.Uint64N(6), rnd.Uint64N(6) | rnd.Uint64()<<32, rnd.Uint64N(6)}
					d := call(unix.AUDIT_ARCH_X86_64, nr, args...)
					if got, _ := p.run(&d); got != decide(rules, nr, args) {
						t.Fatalf("call %d%v under %+v: %#x", nr, args, rules[nr], got)
					}
				}
			}
		})
	}
}

func randomRule(rnd *rand.Rand, verdicts []Verdict) rule {
	r := plain(verdicts[rnd.IntN(len(verdicts))])
	if rnd.IntN(3) > 0 {
		return r
	}
	r.els = verdicts[rnd.IntN(len(verdicts))]
	for range 1 + rnd.IntN(3) {
		one := test{arg: rnd.IntN(3), not: rnd.IntN(2) == 0, mask: []uint32{^uint32(0), 1, 6}[rnd.IntN(3)]}
		for range 1 + rnd.IntN(4) {
			one.values = append(one.values, rnd.Uint32N(6))
		}
		r.tests = append(r.tests, one)
	}
	return r
}

// decide is the meaning of a rule, as the comments on its types have it.
func decide(rules map[uint32]rule, nr uint32, args []uint64) Verdict {
	r, known := rules[nr]
	if !known {
		return ENOSYS
	}
	for _, t := range r.tests {
		if slices.Contains(t.values, uint32(args[t.arg])&t.mask) == t.not {
			return r.els
		}
	}
	return r.then
}

// The interpreter above is ours; this is the kernel's, on one thread that ends
// with the test. Each call would have another answer without the filter, and
// none does anything when it has not.
func TestKernelAgrees(t *testing.T) {
	both(t, func(t *testing.T, _ program, unixSockets bool) {
		filter := Filter(unixSockets)
		nobody := uintptr(0x7fffffff) // no process has this id
		bad := ^uintptr(0)            // nor is this a descriptor
		noType := uintptr(7)          // nor this a type of sockets
		rows := []struct {
			name string
			nr   uintptr
			a, b uintptr
			want unix.Errno
		}{
			{"getpid", unix.SYS_GETPID, 0, 0, 0},
			{"syncfs", unix.SYS_SYNCFS, bad, 0, unix.EPERM},
			{"memfd_create", unix.SYS_MEMFD_CREATE, 0, 0xffff, unix.EPERM},
			{"landlock_create_ruleset", unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.ENOSYS},
			{"clone3", unix.SYS_CLONE3, 0, 0, unix.ENOSYS},
			{"x32 getpid", unix.SYS_GETPID | x32Bit, 0, 0, unix.ENOSYS},
			{"personality: ask", unix.SYS_PERSONALITY, 0xffffffff, 0, 0},
			{"ioctl TIOCSTI", unix.SYS_IOCTL, bad, unix.TIOCSTI, unix.EPERM},
			{"ioctl TIOCSTI with a high half", unix.SYS_IOCTL, bad, unix.TIOCSTI | 1<<32, unix.EPERM},
			{"ioctl of another kind", unix.SYS_IOCTL, bad, unix.TCGETS, unix.EBADF},
			{"sched_setaffinity of another", unix.SYS_SCHED_SETAFFINITY, nobody, 0, unix.EPERM},
			{"setpriority of another", unix.SYS_SETPRIORITY, unix.PRIO_PROCESS, nobody, unix.EPERM},
			{"socket(AF_INET)", unix.SYS_SOCKET, unix.AF_INET, noType, unix.EPERM},
			{"socket(AF_UNIX)", unix.SYS_SOCKET, unix.AF_UNIX, noType, unix.EPERM},
		}
		if unixSockets {
			rows[len(rows)-1].want = unix.ESOCKTNOSUPPORT // past the filter: no such type
		}
		got := make([]unix.Errno, len(rows))
		loaded := make(chan error)
		go func() {
			runtime.LockOSThread() // for good: the thread ends with the goroutine
			prog := unix.SockFprog{Len: uint16(len(filter) / 8), Filter: (*unix.SockFilter)(unsafe.Pointer(&filter[0]))}
			err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
			if err == nil {
				if _, _, e := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog))); e != 0 {
					err = e
				}
			}
			if err == nil {
				for i, row := range rows {
					_, _, got[i] = unix.RawSyscall(row.nr, row.a, row.b, 0)
				}
			}
			loaded <- err
		}()
		if err := <-loaded; err != nil {
			t.Skip("no seccomp filters here: ", err)
		}
		for i, row := range rows {
			if got[i] != row.want {
				t.Errorf("%s: %v, want %v", row.name, got[i], row.want)
			}
		}
	})
}

func BenchmarkFilter(b *testing.B) {
	b.ReportAllocs()
	var raw []byte
	for b.Loop() {
		raw = Filter(true)
	}
	b.ReportMetric(float64(len(raw)/8), "instructions")
}

// BenchmarkCall is the length of the path of an average allowed call.
func BenchmarkCall(b *testing.B) {
	p := load(b, false)
	total, calls := 0, 0
	for b.Loop() {
		for _, nr := range allowed {
			d := call(unix.AUDIT_ARCH_X86_64, nr)
			_, steps := p.run(&d)
			total, calls = total+steps, calls+1
		}
	}
	b.ReportMetric(float64(total)/float64(calls), "instructions/call")
}

// marks are the ioctls that mark directories, as their headers number them.
var marks = []uint32{0x40086602, 0x40046602, 0x401c5820, 0x800c6613, 0xc0506617, 0xc0406618}
