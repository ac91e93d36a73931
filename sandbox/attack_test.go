package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/proc"
)

// attack is a hostile program and the layer that holds it. The program says
// "held" when it did not get what it wanted. Each row is also run without its
// layer, where it must get it: see TestAttacksSucceedWithoutTheirLayer.
type attack struct {
	name  string
	layer Layers
	// also are layers that hold the attack as well, and must be gone for the
	// row to show what its own layer does.
	also    Layers
	code    string // in the language of its table, behind the tools of that
	alone   bool   // it is meant for where those layers are gone
	limit   func(*Limits)
	outcome Outcome // what ends a held attack
	// left looks for what the run left behind; only then is it held.
	left func(s *Sandbox, uid int) bool
	// possible says whether this kernel has what the attack asks for, so that it
	// can be seen to succeed; nil is yes.
	possible func() bool
}

// attackTools are at the disposal of every attack.
const attackTools = `
import ctypes, os, sys, time, socket, subprocess, mmap, signal, resource, struct
libc = ctypes.CDLL(None, use_errno=True)
def sysc(nr, *a):
    ctypes.set_errno(0)
    r = libc.syscall(ctypes.c_long(nr), *[ctypes.c_long(x) if isinstance(x, int) else x for x in a])
    return r, ctypes.get_errno()
def refused(nr, *a):
    r, e = sysc(nr, *a)
    print("held" if r == -1 and e in (1, 13, 38) else "broken: %d returned %d, errno %d" % (nr, r, e))
def attempt(f):
    try:
        print("broken:", repr(f())[:200])
    except (OSError, MemoryError, RuntimeError, ValueError) as e:
        print("held", repr(e))
def told(name):
    return open(name).read()
def victims(name):
    return told("victim-dir") + "/" + name
def victim():
    return int(told("victim-pid"))
def server():
    return os.getppid()
`

const (
	secret = "the-servers-secret"
	mib    = 1 << 20
)

func lessMemory(l *Limits) { l.Memory = 64 * mib }

// littleMemory is for what lies in /dev/shm, which has 64 MiB in containers.
func littleMemory(l *Limits) { l.Memory = 40 * mib }
func lessDisk(l *Limits)     { l.Disk = 16 * mib }

// littleDisk is for what takes long to make and to remove.
func littleDisk(l *Limits) { l.Disk = 4 * mib }
func lessTime(l *Limits)   { l.Wall = 700 * time.Millisecond }

// nothingIn reports whether the uid has nothing in the shared directories.
func nothingIn(s *Sandbox, uid int) bool {
	return len(owners(writableDirs(), uidRange{uid, 1})) == 0
}

var attacks = []attack{
	// Resource limits.
	{name: "fork bomb", layer: Rlimits, limit: func(l *Limits) { l.Processes = 20 }, code: `
n = 0
try:
    for i in range(120):
        if os.fork() == 0: time.sleep(5); os._exit(0)
        n += 1
    print("broken:", n)
except BlockingIOError: print("held at", n)`},
	{name: "thread bomb", layer: Rlimits, limit: func(l *Limits) { l.Processes = 20 }, code: `
import threading
def many():
    for i in range(120): threading.Thread(target=time.sleep, args=(3,), daemon=True).start()
attempt(many)
sys.stdout.flush(); os._exit(0)`},
	{name: "one huge file", layer: Rlimits, code: `
def write():
    with open("x", "wb") as f:
        for i in range(20): f.write(b"x" * (1 << 20)); f.flush()
attempt(write)`},
	{name: "one huge sparse file", layer: Rlimits, code: `attempt(lambda: os.truncate(os.open("x", os.O_CREAT | os.O_RDWR), 1 << 40))`},
	{name: "descriptors without end", layer: Rlimits, code: `attempt(lambda: len([os.open("/dev/null", 0) for i in range(900)]))`},
	{name: "a gigantic mapping", layer: Rlimits, code: `attempt(lambda: len(mmap.mmap(-1, 6 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)))`},
	{name: "locked memory", layer: Rlimits, code: `
m = mmap.mmap(-1, 6 << 20)
a = ctypes.addressof(ctypes.c_char.from_buffer(m))
r = libc.mlock(ctypes.c_void_p(a), ctypes.c_size_t(6 << 20))
print("held" if r else "broken")`},
	{name: "core dumps", layer: Rlimits, code: `attempt(lambda: resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)))`},
	{name: "raising its limits again", layer: Rlimits, code: `attempt(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28)))`},
	{name: "ignoring the processor limit", layer: Rlimits, also: Watchdog, limit: func(l *Limits) { l.CPU = time.Second }, outcome: CPUTime, code: `
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
while time.process_time() < 3: pass
print("broken")`},

	// Setuid programs.
	{name: "a setuid program", layer: NoNewPrivs, also: Landlock | Seccomp, code: `
p = subprocess.Popen(["/usr/bin/su"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
t, root = time.time(), False
while p.poll() is None and time.time() < t + 2 and not root:
    root = os.stat("/proc/%d" % p.pid).st_uid == 0
print("broken" if root else "held")
sys.stdout.flush(); os._exit(0)`},

	// Files. They are readable to everybody: only Landlock stands in the way.
	{name: "reading a file of the server's that is open to all", layer: Landlock, code: `attempt(lambda: open(open("secret-path").read()).read())`},
	{name: "reading the host's names", layer: Landlock, code: `attempt(lambda: open("/etc/hosts").read())`},
	{name: "listing the root directory", layer: Landlock, code: `attempt(lambda: os.listdir("/"))`},
	{name: "listing processes", layer: Landlock, code: `attempt(lambda: os.listdir("/proc"))`},
	{name: "reading the server's command line", layer: Landlock, code: `attempt(lambda: open("/proc/%d/cmdline" % server()).read())`},
	{name: "reading the server's memory figures", layer: Landlock, code: `attempt(lambda: open("/proc/%d/status" % server()).read())`},
	{name: "listing the names in /dev/shm", layer: Landlock, code: `attempt(lambda: os.listdir("/dev/shm"))`},
	{name: "writing to /tmp", layer: Landlock, code: `attempt(lambda: open("/tmp/attack-%d" % os.getuid(), "w").write("x"))`},
	{name: "writing to /var/tmp", layer: Landlock, code: `attempt(lambda: os.mkdir("/var/tmp/attack-%d" % os.getuid()))`},
	{name: "a directory in /dev/shm", layer: Landlock, code: `attempt(lambda: os.mkdir("/dev/shm/attack-%d" % os.getuid()))`},
	{name: "kernel settings", layer: Landlock, code: `attempt(lambda: open("/proc/sys/kernel/hostname").read())`},
	{name: "mounts of the machine", layer: Landlock, code: `attempt(lambda: os.listdir("/sys/class"))`},

	// The network: CVE-2024-29021.
	{name: "Judge0 CVE-2024-29021: the service's own network", layer: Seccomp, also: Landlock, code: `attempt(lambda: socket.create_connection(("127.0.0.1", int(open("secret-port").read())), 2))`},
	{name: "a UDP socket", layer: Seccomp, code: `attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))`},
	{name: "an IPv6 socket", layer: Seccomp, code: `attempt(lambda: socket.socket(socket.AF_INET6))`},
	{name: "a netlink socket", layer: Seccomp, code: `attempt(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))`},
	{name: "a listening port", layer: Seccomp, also: Landlock, code: `
def listen():
    s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); return s.getsockname()
attempt(listen)`},
	{name: "isolate 2.6: a vsock socket", layer: Seccomp, code: `
try: socket.socket(socket.AF_VSOCK); print("broken")
except OSError as e: print("held" if e.errno in (1, 13, 38) else "broken: the kernel was asked")`},
	{name: "a socket of the kernel's crypto", layer: Seccomp, code: `
try: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET); print("broken")
except OSError as e: print("held" if e.errno in (1, 13, 38) else "broken: the kernel was asked")`},

	// System calls. Without the filter each of these does something for an
	// ordinary uid, or at least is understood.
	{name: "a user namespace", layer: Seccomp, code: `refused(272, 0x10000000)`},
	{name: "a namespace by clone", layer: Seccomp, code: `
r, e = sysc(56, 0x10000000 | 17, 0, 0, 0, 0)
if r == 0: os._exit(0)
print("held" if r == -1 and e in (1, 13, 38) else "broken")`},
	{name: "clone3 with its hidden flags", layer: Seccomp, code: `refused(435, 0, 0)`},
	{name: "memfd_create", layer: Seccomp, code: `refused(319, b"x", 0)`},
	{name: "a 3 GB memfd", layer: Seccomp, also: Rlimits, code: `
def big():
    fd = os.memfd_create("x"); os.truncate(fd, 3 << 30)
attempt(big)`},
	{name: "isolate 2.4: io_uring", layer: Seccomp, code: `refused(425, 4, ctypes.create_string_buffer(256))`},
	{name: "isolate 2.4: the keyring", layer: Seccomp, code: `refused(248, b"user", b"attack", b"x", 1, -3)`},
	{name: "searching the keyring", layer: Seccomp, code: `refused(250, 0, -3, 1)`},
	{name: "System V shared memory", layer: Seccomp, code: `
r, e = sysc(29, 0, 1 << 20, 0o1600)
if r >= 0: sysc(31, r, 0, 0)
print("held" if r == -1 and e in (1, 13, 38) else "broken")`},
	{name: "System V semaphores", layer: Seccomp, code: `
r, e = sysc(64, 0, 1, 0o1600)
if r >= 0: sysc(66, r, 0, 0, 0)
print("held" if r == -1 and e in (1, 13, 38) else "broken")`},
	{name: "System V message queues", layer: Seccomp, code: `
r, e = sysc(68, 0, 0o1600)
if r >= 0: sysc(71, r, 0, 0)
print("held" if r == -1 and e in (1, 13, 38) else "broken")`},
	{name: "POSIX message queues", layer: Seccomp, code: `refused(241, b"none-such")`},
	{name: "ptrace", layer: Seccomp, code: `refused(101, 0, 0, 0, 0)`},
	{name: "memory of another process", layer: Seccomp, code: `refused(310, os.getpid(), 0, 0, 0, 0, 0)`},
	{name: "descriptors of another process", layer: Seccomp, code: `refused(438, -1, 0, 0)`},
	{name: "comparing processes", layer: Seccomp, code: `refused(312, os.getpid(), os.getpid(), 0, 0, 0)`},
	{name: "userfaultfd", layer: Seccomp, code: `refused(323, 1)`},
	{name: "perf events", layer: Seccomp, code: `refused(298, 0, 0, -1, -1, 0)`},
	{name: "another execution domain", layer: Seccomp, code: `refused(135, 0x0040000)`},
	{name: "a filter of its own", layer: Seccomp, code: `refused(317, 2, 0, ctypes.byref(ctypes.c_uint(0x7fff0000)))`},
	{name: "vmsplice", layer: Seccomp, code: `refused(278, os.pipe()[1], 0, 0, 0)`},
	{name: "asynchronous I/O contexts", layer: Seccomp, code: `
c = ctypes.c_ulong(0)
refused(206, 1, ctypes.byref(c))`},
	{name: "file handles", layer: Seccomp, code: `refused(303, -100, b".", 0, 0, 0)`},
	{name: "watching the file system", layer: Seccomp, code: `refused(300, 0x200, 0)`},
	{name: "watching others' files", layer: Seccomp, code: `refused(294, 0)`},
	{name: "a thread with descriptors of its own", layer: Seccomp, code: `
# VM|SIGHAND|THREAD|SYSVSEM without FILES, on a stack of its own that begins with the address of exit's stub
r, e = sysc(56, 0x00010000 | 0x00000800, 0, 0, 0, 0)  # without VM: EINVAL where it is asked
print("held" if r == -1 and e in (1, 13, 38) else "broken: the kernel was asked, errno %d" % e)`},
	{name: "marks on directories", layer: Seccomp, code: `refused(16, os.open(".", 0), 0x40086602, ctypes.byref(ctypes.c_int(0)))`},
	{name: "the local descriptor table", layer: Seccomp, code: `refused(154, 0, 0, 0)`},
	{name: "memory policy", layer: Seccomp, code: `refused(238, 0, 0, 0)`},
	{name: "isolate 2.5: file locks on files that all can read", layer: Seccomp, code: `refused(73, os.open("/usr/bin/env", 0), 2 | 4)`},
	{name: "syncing every disk", layer: Seccomp, code: `refused(162)`},
	{name: "a datagram pair, which can send to any address", layer: Seccomp, also: Landlock, alone: true, code: `attempt(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))`},
	{name: "isolate 2.6: an abstract socket of somebody else's", layer: Landlock, also: Seccomp, code: `
# Where a socket of the system is open to everybody, there are none at all.
attempt(lambda: socket.socket(socket.AF_UNIX).connect("\0" + open("secret-abstract").read()))`},
	{name: "typing into a terminal", layer: Seccomp, code: `refused(16, 0, 0x5412, b"x")`},
	{name: "slowing another process", layer: Seccomp, code: `
pid = os.fork()
if pid == 0: time.sleep(2); os._exit(0)
refused(203, pid, 8, ctypes.byref(ctypes.c_ulong(1)))
refused(141, 0, pid, 19)`},
	{name: "isolate 2.4: 32-bit system calls", layer: Seccomp, code: machineCode + `
# mov eax, 20 (getpid, as 32-bit calls number it); int 0x80; ret
pid = run(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
print("broken" if pid == os.getpid() else "held %d" % pid)`},
	{name: "an unknown system call", layer: Seccomp, code: `
r, e = sysc(462, 0, 0, 0)  # mseal, of nothing
print("held" if r == -1 and e == 38 else "broken")`},

	// Memory and disk of the whole run.
	{name: "memory bomb", layer: Watchdog, limit: lessMemory, outcome: Memory, code: `
x = []
for i in range(160): x.append(b"x" * (1 << 20))
print("broken")`},
	{name: "memory in many processes", layer: Watchdog, limit: lessMemory, outcome: Memory, code: `
for i in range(10):
    if os.fork() == 0:
        x = b"%d" % i * (16 << 20); time.sleep(1.5); os._exit(0)
time.sleep(1.5)
print("broken")`},
	{name: "memory shared by mapping", layer: Watchdog, limit: lessMemory, outcome: Memory, code: `
m = mmap.mmap(-1, 160 << 20)
for i in range(0, len(m), 4096): m[i] = 1
time.sleep(0.5)
print("broken")`},
	{name: "memory behind a first thread that has ended", layer: Watchdog, limit: lessMemory, outcome: Memory, code: `
import threading
def hog():
    time.sleep(0.1)
    x = []
    for i in range(160): x.append(b"x" * (1 << 20))
    time.sleep(0.5); os.write(1, b"broken\n"); os._exit(0)
threading.Thread(target=hog).start()
libc.pthread_exit(None)`},
	{name: "memory of a process that hides", layer: Watchdog, limit: lessMemory, outcome: Memory, code: `
libc.prctl(4, 0, 0, 0, 0)  # not dumpable
x = []
for i in range(160): x.append(b"x" * (1 << 20))
time.sleep(0.5); print("broken")`},
	{name: "page tables", layer: Watchdog, limit: lessMemory, outcome: Memory, code: `
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
size = 80 << 30
a = libc.mmap(None, size, 1, 0x4022, -1, 0)  # read-only, private, anonymous, no reserve
for i in range(0, size, 2 << 20): ctypes.c_char.from_address(a + i).value
time.sleep(0.5); print("broken")`},
	{name: "files in /dev/shm", layer: Watchdog, limit: littleMemory, outcome: Memory, code: `
for i in range(4):
    with open("/dev/shm/attack-%d-%d" % (os.getuid(), i), "wb") as f: f.write(b"x" * (12 << 20))
time.sleep(0.5); print("broken")`},
	{name: "deleted files in /dev/shm", layer: Watchdog, limit: littleMemory, outcome: Memory, code: `
keep = []
for i in range(4):
    p = "/dev/shm/attack-%d-%d" % (os.getuid(), i)
    f = open(p, "wb"); os.unlink(p); f.write(b"x" * (12 << 20)); f.flush(); keep.append(f)
time.sleep(0.5); print("broken")`},
	{name: "deleted files behind a first thread that has ended", layer: Watchdog, limit: littleMemory, outcome: Memory, code: `
import threading
def hog():
    time.sleep(0.1); keep = []
    for i in range(4):
        p = "/dev/shm/attack-%d-%d" % (os.getuid(), i)
        f = open(p, "wb"); os.unlink(p); f.write(b"x" * (12 << 20)); f.flush(); keep.append(f)
    time.sleep(0.5); os.write(1, b"broken\n"); os._exit(0)
threading.Thread(target=hog).start()
libc.pthread_exit(None)`},
	{name: "descriptors of a process that hides", layer: Watchdog, limit: lessMemory, outcome: Memory, code: `
import shutil
shutil.copy("/usr/bin/sleep", "x"); os.chmod("x", 0o111)
subprocess.run(["./x", "1"])
print("broken")`},
	{name: "buffers of sockets", layer: Watchdog, limit: lessMemory, outcome: Memory, code: `
for p in range(8):
    if os.fork() == 0:
        keep = [socket.socketpair() for i in range(100)]
        for a, b in keep:
            a.setblocking(False)
            try:
                while True: a.send(b"x" * 65536)
            except OSError: pass
        time.sleep(1); os._exit(0)
time.sleep(1)
print("broken")`},
	{name: "4000 files of a megabyte", layer: Watchdog, limit: lessDisk, outcome: Disk, code: `
for i in range(4000 // 40):
    with open(str(i), "wb") as f: f.write(b"x" * (1 << 20))
time.sleep(0.5); print("broken")`},
	{name: "inode bomb", layer: Watchdog, limit: littleDisk, outcome: Disk, code: `
for i in range(1500): os.close(os.open(str(i), os.O_CREAT | os.O_WRONLY))
time.sleep(0.5); print("broken")`},
	{name: "bomb of directories", layer: Watchdog, limit: littleDisk, outcome: Disk, code: `
for i in range(1500): os.mkdir(str(i))
time.sleep(0.5); print("broken")`},
	{name: "files in a directory closed to its owner", layer: Watchdog, limit: lessDisk, outcome: Disk, code: `
os.mkdir("d")
for i in range(40):
    with open("d/%d" % i, "wb") as f: f.write(b"x" * (1 << 20))
    if i == 5: os.chmod("d", 0o300)
os.chmod("d", 0)
os.chmod(".", 0)
time.sleep(0.5); print("broken")`},
	{name: "files far down", layer: Watchdog, limit: lessDisk, outcome: Disk, code: `
for i in range(500): os.mkdir("d"); os.chdir("d")
for i in range(40):
    with open(str(i), "wb") as f: f.write(b"x" * (1 << 20))
time.sleep(0.5); print("broken")`},
	{name: "files far down, where directories are closed all the time", layer: Watchdog, limit: lessDisk, outcome: Disk, code: `
top = os.getcwd()
for i in range(90): os.mkdir("d"); os.chdir("d")
if os.fork() == 0:
    os.chdir(top)
    t = time.time()
    while time.time() < t + 2:
        os.chmod("d/d/d", 0); os.chmod("d/d/d", 0o700)
    os._exit(0)
for i in range(40):
    with open(str(i), "wb") as f: f.write(b"x" * (1 << 20))
time.sleep(1.5); print("broken")`},
	{name: "descriptors on their way through a socket", layer: Watchdog, limit: littleMemory, outcome: Memory, code: `
a, b = socket.socketpair()
for i in range(4):
    p = "/dev/shm/attack-%d-%d" % (os.getuid(), i)
    fd = os.open(p, os.O_CREAT | os.O_RDWR); os.unlink(p); os.write(fd, b"x" * (12 << 20))
    socket.send_fds(a, [b"x"], [fd]); os.close(fd)
time.sleep(0.5); print("broken")`},
	{name: "deleted files on the disk", layer: Watchdog, limit: lessDisk, outcome: Disk, code: `
keep = []
for i in range(40):
    f = open("x", "wb"); os.unlink("x"); f.write(b"x" * (1 << 20)); f.flush(); keep.append(f)
time.sleep(0.5); print("broken")`},
	{name: "processor time spread over children", layer: Watchdog, limit: func(l *Limits) { l.CPU = time.Second }, outcome: CPUTime, code: `
for i in range(6):
    if os.fork() == 0:
        t = time.process_time()
        while time.process_time() < t + 0.6: pass
        os._exit(0)
for i in range(6): os.wait()
print("broken")`},

	// What is left behind.
	{name: "Piston 624: files left in /dev/shm", layer: Sweep, left: nothingIn, code: `
open("/dev/shm/attack-left-%d" % os.getuid(), "w").write("x"); print("held")`},
	{name: "files left in /tmp", layer: Sweep, also: Landlock, alone: true, left: nothingIn, code: `
open("/tmp/attack-left-%d" % os.getuid(), "w").write("x"); print("held")`},
	{name: "a tree left in /var/tmp that nobody may enter", layer: Sweep, also: Landlock, alone: true, left: nothingIn, code: `
d = "/var/tmp/attack-left-%d" % os.getuid()
os.makedirs(d + "/a/b"); open(d + "/a/b/x", "w").close(); os.symlink("/etc", d + "/a/l"); os.chmod(d + "/a", 0); os.chmod(d, 0); print("held")`},

	// Its own uid. These are shown by two runs on one: see victims.
	{name: "another run's files", layer: UID, also: Landlock, code: `attempt(lambda: open(victims("secret")).read())`},
	{name: "changing another run's files", layer: UID, also: Landlock, code: `attempt(lambda: open(victims("secret"), "w").write("changed"))`},
	{name: "deleting another run's files", layer: UID, also: Landlock, code: `attempt(lambda: os.unlink(victims("secret")))`},
	{name: "signals to another run", layer: UID, also: Landlock, code: `attempt(lambda: os.kill(victim(), 0))`},
	{name: "another run's environment", layer: UID, also: Landlock, code: `attempt(lambda: open("/proc/%d/environ" % victim()).read())`},
	{name: "another run's memory", layer: UID, also: Landlock, code: `attempt(lambda: open("/proc/%d/mem" % victim(), "r+b"))`},
	{name: "another run's descriptors", layer: UID, also: Landlock, code: `attempt(lambda: os.listdir("/proc/%d/fd" % victim()))`},
	{name: "another run's limits", layer: UID, also: Landlock, code: `attempt(lambda: resource.prlimit(victim(), resource.RLIMIT_NOFILE))`},
	{name: "isolate 2.6: another run's /dev/shm", layer: UID, also: Landlock, code: `attempt(lambda: open("/dev/shm/victim-" + told("victim-uid")).read())`},
}

// machineCode runs bytes as a function.
const machineCode = `
def run(code):
    m = mmap.mmap(-1, 4096, prot=7)
    m.write(code)
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()
`

// victimCode is the neighbour of every attack on one: it has a secret in a
// file, in its environment and in /dev/shm, and lives until it is told to end.
const victimCode = `
import os, time
os.umask(0o077)
open("secret", "w").write("victim's")
open("/dev/shm/victim-%d" % os.getuid(), "w").write("victim's")
open("ready", "w").close()
t = time.time()
while time.time() < t + 15 and not os.path.exists("stop"): time.sleep(0.02)
print(open("secret").read())
`

// rig is where attacks run: a sandbox, what they may find, and a neighbour.
type rig struct {
	s        *Sandbox
	port     int
	abstract string // name of a socket
	path     string // of a secret that everybody may read
}

// newRig is one where programs are started and, where it can be, forked.
func newRig(t *testing.T, disable Layers) rig {
	t.Helper()
	g := newColdRig(t, disable)
	if g.s.layers.Has(NoNewPrivs) {
		waitReady(t, startWarm(t, g.s, warmPython(t)))
	}
	return g
}

func newColdRig(t *testing.T, disable Layers) rig {
	t.Helper()
	t.Setenv("EXECUTOR_SECRET", secret)
	s := open(t, Options{Disable: disable, Slots: 2})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	abstract := fmt.Sprintf("attack-%d-%d", os.Getpid(), ln.Addr().(*net.TCPAddr).Port)
	unixListener, err := net.Listen("unix", "@"+abstract)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unixListener.Close() })
	dir, err := os.MkdirTemp("", "attack-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755)
	path := filepath.Join(dir, "secret")
	if err := os.WriteFile(path, []byte(secret), 0o644); err != nil {
		t.Fatal(err)
	}
	return rig{s, ln.Addr().(*net.TCPAddr).Port, abstract, path}
}

// way is how an attack comes to run.
type way struct {
	name string
	own  int64 // bytes of memory that the attacker has before it attacks
	job  func(a attack, l Limits) Job
}

// pythonWays are to be started and, where it can be, to be forked.
func pythonWays(g rig) []way {
	in := func(zygote string) func(attack, Limits) Job {
		return func(a attack, l Limits) Job {
			j := job(python, attackTools+a.code, l)
			j.Steps[0].Zygote = zygote
			return j
		}
	}
	ways := []way{{name: "started", job: in("")}}
	if len(g.s.kept()) > 0 {
		ways = append(ways, way{name: "forked", job: in("python")})
	}
	return ways
}

// verdict is what came of an attack. One that is neither held nor successful
// has failed by itself, and shows nothing.
type verdict struct {
	held, successful bool
	why              string
}

// patience is how long a program that must be ended for what it has keeps it:
// for good where somebody looks.
func (g rig) patience() string {
	if g.s.layers.Has(Watchdog) {
		return "PATIENCE=60"
	}
	return "PATIENCE=0"
}

// try runs an attack.
func (g rig) try(t *testing.T, a attack, w way) verdict {
	t.Helper()
	l := testLimits()
	if a.limit != nil {
		a.limit(&l)
	}
	l.Memory += w.own
	j := w.job(a, l)
	j.Files = append(j.Files, File{"secret-port", strconv.Itoa(g.port)}, File{"secret-path", g.path}, File{"secret-abstract", g.abstract})
	j.Steps[0].Env = append(j.Steps[0].Env, g.patience())
	if a.layer == UID {
		g.s.cleaning.Wait() // on a shared uid, cleaning up kills the neighbour
		victim, end := g.neighbour(t)
		defer end()
		j.Files = append(j.Files, victim...)
	}
	zygote := j.Steps[0].Zygote
	sl, uid := g.s.peek(zygote)
	r := runOne(t, g.s, j)
	if r.Warm != (zygote != "") {
		t.Errorf("warm: %v", r.Warm)
	}
	if a.layer != UID { // the neighbour has a slot as well
		g.s.cleaning.Wait()
	}
	if survivors := g.s.survivors(uid); len(survivors) > 0 && a.layer != UID {
		t.Errorf("processes %v survived the run in %s", survivors, sl)
	}
	return a.judge(r, a.left == nil || a.left(g.s, uid))
}

// judge says what came of an attack; clean that nothing of it is left.
func (a attack) judge(r Result, clean bool) verdict {
	out := string(r.Stdout.Bytes)
	held, broken := strings.Contains(out, "held"), strings.Contains(out, "broken")
	byItself := r.ExitCode == 0 // also if it was found over a limit at its end
	v := verdict{why: describe(r)}
	switch {
	case a.left != nil:
		v.held, v.successful = byItself && held && clean, byItself && held && !clean
	case a.outcome != Exited:
		v.held, v.successful = r.Outcome == a.outcome && !broken, byItself && broken && !held
	default:
		v.held, v.successful = r.Outcome == Exited && byItself && held && !broken, byItself && broken && !held
	}
	return v
}

// neighbour starts the victim, and returns what an attacker could know of it
// and the function that ends it.
func (g rig) neighbour(t *testing.T) (files []File, end func()) {
	t.Helper()
	need(t, python)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		l := testLimits()
		g.s.Run(ctx, Job{Files: []File{{"victim.py", victimCode}},
			Steps: []Step{{Args: []string{python, "victim.py"}, Env: []string{"SECRET=victim's"}, Limits: l}}})
	}()
	var dir string
	var uid int
	var pids []int
	end = func() { cancel(); <-done }
	if !waitFor(t, "the victim", func() bool {
		dir, uid = findInRuns(g.s, "ready")
		pids = g.s.survivors(uid)
		return dir != "" && len(pids) == 1
	}) {
		end()
		t.FailNow()
	}
	return []File{{"victim-dir", dir}, {"victim-pid", strconv.Itoa(pids[0])}, {"victim-uid", strconv.Itoa(uid)}}, end
}

// peek says which slot and uid the next run gets.
func (s *Sandbox) peek(kind string) (name string, uid int) {
	sl, err := s.take(context.Background(), kind)
	if err != nil {
		panic(err)
	}
	if sl.waiting == nil { // or one that gets a process meanwhile would be better
		s.startAhead(&sl, kind)
	}
	s.pool.put(sl)
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	last := len(s.pool.slots) - 1
	s.pool.slots = append([]slot{s.pool.slots[last]}, s.pool.slots[:last]...)
	return sl.name, sl.uid
}

// survivors are the living processes of a uid.
func (s *Sandbox) survivors(uid int) (pids []int) {
	for _, p := range proc.List() {
		if st, ok := proc.ReadStat(p.PID); p.UID == uid && ok && !st.Dead() {
			pids = append(pids, p.PID)
		}
	}
	return pids
}

// sharedUID makes every run of the sandbox have the same uid.
func (s *Sandbox) sharedUID() {
	for range cap(s.pool.free) {
		sl, _ := s.pool.take(context.Background(), nothing)
		if w := s.takeWaiting(&sl); w != nil {
			w.abandon()
		}
		s.base.drop(sl.name, s.uids.first)
		s.pool.put(slot{})
	}
	for range len(s.free) {
		<-s.free
	}
	for range cap(s.free) {
		s.free <- s.uids.first
	}
}

// language is a table of attacks in one language.
type language struct {
	attacks []attack
	open    func(t *testing.T, disable Layers) rig
	ways    func(rig) []way
}

var inPython = language{attacks, newRig, pythonWays}

func TestAttacks(t *testing.T) {
	need(t, python)
	if len(attacks) < 60 {
		t.Errorf("only %d rows", len(attacks))
	}
	inPython.test(t)
}

// test sees that every attack is held with all layers in force; those that more
// than one layer holds, also with the others gone.
func (lang language) test(t *testing.T) {
	full := lang.open(t, 0)
	partial := map[Layers]rig{}
	for _, a := range lang.attacks {
		if a.also != 0 && partial[a.also].s == nil {
			partial[a.also] = lang.open(t, a.also)
		}
	}
	for _, a := range lang.attacks {
		t.Run(a.name, func(t *testing.T) {
			if !full.s.Layers().Has(a.layer) {
				t.Skipf("layer %s is not available here", a.layer)
			}
			if !a.alone {
				for _, w := range lang.ways(full) {
					if v := full.try(t, a, w); !v.held {
						t.Errorf("not held, %s: %s", w.name, v.why)
					}
				}
			}
			if a.also == 0 {
				return
			}
			for _, w := range lang.ways(partial[a.also]) {
				if v := partial[a.also].try(t, a, w); !v.held {
					t.Errorf("not held by %s alone, %s: %s", a.layer, w.name, v.why)
				}
			}
		})
	}
}

// Incidents of this field that are no single program's doing.

func TestServersEnvironmentDoesNotLeak(t *testing.T) { // SandboxFusion
	g := newRig(t, Landlock)
	for _, w := range pythonWays(g) {
		r := runOne(t, g.s, w.job(attack{code: `
print(dict(os.environ))
for p in ("/proc/%d/environ" % server(), "/proc/self/environ"):
    try: print(open(p, "rb").read())
    except OSError as e: print(e)`}, testLimits()))
		if bytes.Contains(r.Stdout.Bytes, []byte(secret)) || r.ExitCode != 0 || r.Warm != (w.name == "forked") {
			t.Error(w.name, describe(r))
		}
	}
}

func TestPlantedLinksAreNotFollowed(t *testing.T) { // Judge0 CVE-2024-28185 and CVE-2024-28189, go-judge 176
	g := newRig(t, Landlock)
	before, _ := os.Stat(g.path)
	r := runOne(t, g.s, job(python, attackTools+`
os.symlink(open("secret-path2").read() if os.path.exists("secret-path2") else "/etc", "dir")
os.symlink("`+g.path+`", "file")
os.symlink("`+filepath.Dir(g.path)+`", "tree")
os.mkfifo("fifo"); os.symlink("/dev/zero", "endless")
os.unlink("main.py"); os.symlink("`+g.path+`", "main.py")
try: os.link("`+g.path+`", "hard")
except OSError: pass
time.sleep(0.1); print("held")`, testLimits()))
	g.s.cleaning.Wait()
	after, err := os.Stat(g.path)
	if err != nil || after.Mode() != before.Mode() || !os.SameFile(before, after) {
		t.Errorf("the target changed: %v, %v", after, err)
	}
	var st unix.Stat_t
	if unix.Stat(g.path, &st); st.Uid != 0 || r.ExitCode != 0 {
		t.Errorf("owner %d now; %s", st.Uid, describe(r))
	}
}

func TestServersBinaryCannotBeWritten(t *testing.T) { // CVE-2019-5736
	g := newRig(t, Landlock)
	r := runOne(t, g.s, job(python, attackTools+`
for p in ("/proc/%d/exe" % server(), "/proc/self/exe", os.path.realpath("/proc/self/exe")):
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC):
        try: os.open(p, flags); print("broken", p)
        except OSError: pass
for fd in range(3, 256):
    try: os.fstat(fd); print("broken: inherited", fd)
    except OSError: pass
print("held")`, testLimits()))
	if string(r.Stdout.Bytes) != "held\n" {
		t.Error(describe(r))
	}
}

// Whatever a program forks, and however it hides it, ends with the run.
func TestNothingSurvives(t *testing.T) { // Piston 624
	s := open(t, Options{})
	for _, row := range []struct{ name, code string }{
		{"setsid", `setsid sleep 60 & setsid -f sleep 60; exit 0`},
		{"double fork", `(sleep 60 & (sleep 60 & ) & ) & exit 0`},
		{"ignores signals", `for s in HUP INT TERM USR1; do trap '' $s; done; (trap '' HUP; while :; do sleep 1; done) & exit 0`},
		{"stopped", `sleep 60 & kill -STOP $!; exit 0`},
		{"forks all the time", `f() { setsid bash -c 'while :; do (setsid sleep 0.01 &); done' & }; f; f; f; sleep 0.2; exit 0`},
		{"ended by a limit while it forks", `while :; do (setsid sleep 5 &) 2>/dev/null; done`},
		{"vfork and exec", `for i in 1 2 3 4 5; do nohup sleep 60 >/dev/null 2>&1 & done; exit 0`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, uid := s.peek("")
			l := testLimits()
			lessTime(&l)
			r := runOne(t, s, job(bash, row.code, l))
			s.cleaning.Wait()
			for _, p := range proc.List() {
				if p.UID == uid {
					t.Errorf("%d is left, if only as a zombie, after %s", p.PID, describe(r))
				}
			}
		})
	}
}

// A program that signals every thread of the server, all the time, while the
// watchdog borrows its uid and the run is ended with it, harms nothing.
func TestServerCannotBeSignalled(t *testing.T) {
	s := open(t, Options{Disable: Landlock | Seccomp, Slots: 8})
	code := attackTools + `
pid = server()
for i in range(3):
    if os.fork() == 0: break
x = b"x" * (40 << 20)
while True:
    for tid in list(range(pid, pid + 60)):
        for nr, a in ((200, (tid, 9)), (234, (pid, tid, 9)), (62, (tid, 9)), (129, (pid, 9, 0))):
            libc.syscall(nr, *a)
    for nr in (203,): libc.syscall(nr, pid, 8, ctypes.byref(ctypes.c_ulong(1)))
`
	done := make(chan Result)
	const runs = 24
	places := make(chan struct{}, 8)
	for range runs {
		go func() {
			places <- struct{}{}
			defer func() { <-places }()
			l := testLimits()
			lessTime(&l)
			l.Memory = 150 * mib // near the limit: the exact look is taken often
			report, err := s.Run(context.Background(), job(python, code, l))
			if err != nil {
				t.Error(err)
				done <- Result{}
				return
			}
			done <- report.Last()
		}()
	}
	for range runs {
		if r := <-done; r.Outcome != WallTime && r.Outcome != Memory {
			t.Error(describe(r))
		}
	}
	// That this process still runs is the proof; that the next run works, too.
	if r := runOne(t, s, job(bash, "echo fine", testLimits())); string(r.Stdout.Bytes) != "fine\n" {
		t.Error(describe(r))
	}
}

// Bombs end in time, and the neighbour notices nothing.
func TestNeighbourNoticesNothing(t *testing.T) {
	s := open(t, Options{Slots: 3})
	for _, row := range []struct {
		name, code string
		want       []Outcome
	}{
		{"fork bomb", `f() { f | f & }; f; sleep 60`, []Outcome{WallTime, CPUTime, Exited}},
		{"thread bomb", "exec /usr/bin/python3 -c '\nimport threading,time\nwhile True:\n try: threading.Thread(target=time.sleep,args=(60,)).start()\n except RuntimeError: pass'", []Outcome{WallTime, CPUTime}},
		{"endless output", `yes & yes >&2`, []Outcome{OutputLimit}},
		{"empty files without end", `i=0; while :; do : > f$i; i=$((i+1)); done`, []Outcome{WallTime, Disk}},
		{"memory", "exec /usr/bin/python3 -c 'x=[]\nwhile True: x.append(b\"x\"*(1<<20))'", []Outcome{Memory, WallTime}},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := testLimits()
			l.Wall, l.Output = time.Second, 1<<20
			ended := make(chan Result, 1)
			go func() { ended <- runOne(t, s, job(bash, row.code, l)) }()
			beside := 0
			for {
				select {
				case r := <-ended:
					ok := false
					for _, o := range row.want {
						ok = ok || r.Outcome == o
					}
					if !ok || r.Wall > 5*time.Second {
						t.Error(describe(r))
					}
					if beside == 0 {
						t.Error("no neighbour was served meanwhile")
					}
					return
				default:
				}
				if r := runOne(t, s, job(bash, "echo fine", testLimits())); string(r.Stdout.Bytes) != "fine\n" {
					t.Fatal(describe(r))
				}
				beside++
			}
		})
	}
}
