package sandbox

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The same attacks from machine code, which nothing stands between and the
// kernel, and from node, whose process is another one than Python's: more
// threads, and an address space of gigabytes. Each attack in C is made by a
// program of its own, and by a library that node loads.

const gcc = "/usr/bin/gcc"

// inC are the attacks of the table in C, behind testdata/attacks/tools.h. What
// holds them, and under which limits, is in the table.
var inC = map[string]string{
	"fork bomb": `
long pid = 1;
for (int i = 0; i < 120 && pid > 0; i++)
	if ((pid = sys(SYS_fork)) == 0) pause_for_good();
fails(pid, EAGAIN);`,
	"thread bomb": `
long tid = 1;
for (int i = 0; i < 120 && tid > 0; i++) tid = thread(pause_for_good, A_THREAD);
fails(tid, EAGAIN);`,
	"one huge file":           `ignore(SIGXFSZ); fails(put(make("x"), 20), EFBIG);`,
	"one huge sparse file":    `ignore(SIGXFSZ); fails(sys(SYS_ftruncate, make("x"), 1L << 40), EFBIG);`,
	"descriptors without end": `long fd = 0; for (int i = 0; i < 900 && fd >= 0; i++) fd = sys(SYS_open, "/dev/null", O_RDONLY); fails(fd, EMFILE);`,
	"a gigantic mapping":      `fails(sys(SYS_mmap, 0, 6L << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);`,
	"locked memory":           `fails(sys(SYS_mlock, map(6 * MIB, MAP_PRIVATE), 6 * MIB), ENOMEM);`,
	"core dumps":              `struct rlimit l = {MIB, MIB}; fails(sys(SYS_prlimit64, 0, RLIMIT_CORE, &l, 0), EPERM);`,
	"raising its limits again": `
struct rlimit l = {256 * MIB, 256 * MIB};
fails(sys(SYS_prlimit64, 0, RLIMIT_FSIZE, &l, 0), EPERM);`,
	"ignoring the processor limit": `
ignore(SIGXCPU);
while (processor_time() < 2.5);
say("broken\n");`,

	// su has its uid before it says anything, and then waits for its input.
	"a setuid program": `
int in[2], out[2];
char said;
sys(SYS_pipe, in); sys(SYS_pipe, out);
long pid = sys(SYS_fork);
if (pid == 0) {
	char *args[] = {"su", 0};
	sys(SYS_dup2, in[0], 0); sys(SYS_dup2, out[1], 1); sys(SYS_dup2, out[1], 2);
	sys(SYS_close_range, 3, ~0U, 0);
	sys(SYS_execve, "/usr/bin/su", args, 0);
	leave();
}
sys(SYS_close, out[1]);
struct stat st;
if (sys(SYS_read, out[0], &said, 1) != 1) say("su does not run\n");
else if (sys(SYS_stat, path("/proc/%ld", pid), &st) != 0) say("su is gone\n");
else say(st.st_uid == 0 ? "broken\n" : "held\n");`,

	"reading a file of the server's that is open to all": `fails(sys(SYS_open, text("secret-path"), O_RDONLY), EACCES);`,
	"reading the host's names":                           `fails(sys(SYS_openat, AT_FDCWD, "/etc/hosts", O_RDONLY), EACCES);`,
	"listing the root directory":                         `fails(sys(SYS_open, "/", O_RDONLY | O_DIRECTORY), EACCES);`,
	"listing processes":                                  `fails(sys(SYS_open, "/proc", O_RDONLY | O_DIRECTORY), EACCES);`,
	"reading the server's command line":                  `fails(sys(SYS_open, path("/proc/%ld/cmdline", sys(SYS_getppid)), O_RDONLY), EACCES);`,
	"reading the server's memory figures":                `fails(sys(SYS_open, path("/proc/%ld/status", sys(SYS_getppid)), O_RDONLY), EACCES);`,
	"listing the names in /dev/shm":                      `fails(sys(SYS_open, "/dev/shm", O_RDONLY | O_DIRECTORY), EACCES);`,
	"writing to /tmp":                                    `fails(make(own("/tmp/attack")), EACCES);`,
	"writing to /var/tmp":                                `fails(sys(SYS_mkdir, own("/var/tmp/attack"), 0700), EACCES);`,
	"a directory in /dev/shm":                            `fails(sys(SYS_mkdirat, AT_FDCWD, own("/dev/shm/attack"), 0700), EACCES);`,
	"kernel settings":                                    `fails(sys(SYS_open, "/proc/sys/kernel/hostname", O_RDONLY), EACCES);`,
	"mounts of the machine":                              `fails(sys(SYS_open, "/sys/class", O_RDONLY | O_DIRECTORY), EACCES);`,

	"Judge0 CVE-2024-29021: the service's own network": `
struct sockaddr_in a = {AF_INET, htons(number("secret-port")), {htonl(INADDR_LOOPBACK)}};
fails(connect_to(AF_INET, &a, sizeof a), EPERM);`,
	"a UDP socket":     `fails(sys(SYS_socket, AF_INET, SOCK_DGRAM, 0), EPERM);`,
	"an IPv6 socket":   `refused(sys(SYS_socket, AF_INET6, SOCK_STREAM, 0), EPERM);`,
	"a netlink socket": `fails(sys(SYS_socket, AF_NETLINK, SOCK_RAW, 0), EPERM);`,
	"a listening port": `
struct sockaddr_in a = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}};
long s = sys(SYS_socket, AF_INET, SOCK_STREAM, 0), r = s;
if (r >= 0) r = sys(SYS_bind, s, &a, sizeof a);
if (r >= 0) r = sys(SYS_listen, s, 1);
fails(r, EPERM);`,
	"isolate 2.6: a vsock socket":                        `refused(sys(SYS_socket, AF_VSOCK, SOCK_STREAM, 0), EPERM);`,
	"a socket of the kernel's crypto":                    `refused(sys(SYS_socket, AF_ALG, SOCK_SEQPACKET, 0), EPERM);`,
	"a user namespace":                                   `refused(sys(SYS_unshare, CLONE_NEWUSER), EPERM);`,
	"a namespace by clone":                               `long pid = sys(SYS_clone, CLONE_NEWUSER | SIGCHLD); if (pid == 0) leave(); fails(pid, EPERM);`,
	"clone3 with its hidden flags":                       `refused(sys(SYS_clone3, 0, 0), ENOSYS);`,
	"memfd_create":                                       `fails(sys(SYS_memfd_create, "x", 0), EPERM);`,
	"a 3 GB memfd":                                       `long fd = sys(SYS_memfd_create, "x", 0); fails(fd < 0 ? fd : sys(SYS_ftruncate, fd, 3L << 30), EPERM);`,
	"isolate 2.4: io_uring":                              `struct io_uring_params p = {0}; fails(sys(SYS_io_uring_setup, 4, &p), EPERM);`,
	"isolate 2.4: the keyring":                           `fails(sys(SYS_add_key, "user", "attack", "x", 1, -3), EPERM);`,
	"searching the keyring":                              `fails(sys(SYS_keyctl, 0, -3, 1), EPERM);`,
	"System V shared memory":                             `long id = sys(SYS_shmget, IPC_PRIVATE, MIB, IPC_CREAT | 0600); if (id >= 0) sys(SYS_shmctl, id, IPC_RMID, 0); fails(id, EPERM);`,
	"System V semaphores":                                `long id = sys(SYS_semget, IPC_PRIVATE, 1, IPC_CREAT | 0600); if (id >= 0) sys(SYS_semctl, id, 0, IPC_RMID, 0); fails(id, EPERM);`,
	"System V message queues":                            `long id = sys(SYS_msgget, IPC_PRIVATE, IPC_CREAT | 0600); if (id >= 0) sys(SYS_msgctl, id, IPC_RMID, 0); fails(id, EPERM);`,
	"POSIX message queues":                               `refused(sys(SYS_mq_unlink, "none-such"), EPERM);`,
	"ptrace":                                             `fails(sys(SYS_ptrace, 0, 0, 0, 0), EPERM);`,
	"memory of another process":                          `fails(sys(SYS_process_vm_readv, sys(SYS_getpid), 0, 0, 0, 0, 0), EPERM);`,
	"descriptors of another process":                     `refused(sys(SYS_pidfd_getfd, -1, 0, 0), EPERM);`,
	"comparing processes":                                `fails(sys(SYS_kcmp, sys(SYS_getpid), sys(SYS_getpid), 0, 0, 0), EPERM);`,
	"userfaultfd":                                        `refused(sys(SYS_userfaultfd, 1), EPERM);`,
	"perf events":                                        `refused(sys(SYS_perf_event_open, 0, 0, -1, -1, 0), EPERM);`,
	"another execution domain":                           `fails(sys(SYS_personality, 0x0040000), EPERM);`,
	"a filter of its own":                                `unsigned allow = 0x7fff0000; fails(sys(SYS_seccomp, 2, 0, &allow), EPERM);`,
	"vmsplice":                                           `int p[2]; sys(SYS_pipe, p); fails(sys(SYS_vmsplice, p[1], 0, 0, 0), EPERM);`,
	"asynchronous I/O contexts":                          `aio_context_t c = 0; fails(sys(SYS_io_setup, 1, &c), EPERM);`,
	"file handles":                                       `refused(sys(SYS_name_to_handle_at, AT_FDCWD, ".", 0, 0, 0), EPERM);`,
	"watching the file system":                           `fails(sys(SYS_fanotify_init, 0x200, 0), EPERM);`,
	"watching others' files":                             `fails(sys(SYS_inotify_init1, 0), EPERM);`,
	"a thread with descriptors of its own":               `fails(thread(pause_for_good, A_THREAD & ~CLONE_FILES), EPERM);`,
	"marks on directories":                               `int none = 0; refused(sys(SYS_ioctl, sys(SYS_open, ".", O_RDONLY), FS_IOC_SETFLAGS, &none), EPERM);`,
	"the local descriptor table":                         `fails(sys(SYS_modify_ldt, 0, 0, 0), EPERM);`,
	"memory policy":                                      `fails(sys(SYS_set_mempolicy, 0, 0, 0), EPERM);`,
	"isolate 2.5: file locks on files that all can read": `fails(sys(SYS_flock, sys(SYS_open, "/usr/bin/env", O_RDONLY), 2 | 4), EPERM);`,
	"syncing every disk":                                 `fails(sys(SYS_sync), EPERM);`,
	"a datagram pair, which can send to any address":     `int p[2]; fails(sys(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, p), EPERM);`,
	"isolate 2.6: an abstract socket of somebody else's": `
struct sockaddr_un a = {AF_UNIX};
int n = snprintf(a.sun_path + 1, sizeof a.sun_path - 1, "%s", text("secret-abstract"));
fails(connect_to(AF_UNIX, &a, sizeof a.sun_family + 1 + n), EPERM);`,
	"typing into a terminal": `refused(sys(SYS_ioctl, 0, TIOCSTI, "x"), EPERM);`,
	"slowing another process": `
long pid = sys(SYS_fork), first = 1;
if (pid == 0) pause_for_good();
fails(sys(SYS_sched_setaffinity, pid, sizeof first, &first), EPERM);
fails(sys(SYS_setpriority, PRIO_PROCESS, pid, 19), EPERM);`,
	"isolate 2.4: 32-bit system calls": `
int r;
__asm__ volatile("int $0x80" : "=a"(r) : "a"(20 /* getpid there */) : "r8", "r9", "r10", "r11", "memory");
fails(r, ENOSYS);`,
	"an unknown system call": `fails(sys(462 /* mseal */, 0, 0, 0), ENOSYS);`,

	"memory bomb": `have(160 * MIB, MAP_PRIVATE); hold();`,
	"memory in many processes": `
for (int i = 0; i < 10; i++)
	if (sys(SYS_fork) == 0) { have(16 * MIB, MAP_PRIVATE); pause_for_good(); }
hold();`,
	"memory shared by mapping":                    `have(160 * MIB, MAP_SHARED); hold();`,
	"memory behind a first thread that has ended": behindThread(`have(160 * MIB, MAP_PRIVATE); hold();`),
	"memory of a process that hides":              `sys(SYS_prctl, PR_SET_DUMPABLE, 0); have(160 * MIB, MAP_PRIVATE); hold();`,
	"page tables": `
const long size = 80L << 30;
volatile char *p = (char *)sys(SYS_mmap, 0, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
for (long i = 0; i < size; i += 2 * MIB) p[i];
hold();`,
	"files in /dev/shm":         `for (int i = 0; i < 4; i++) put(make(path("%s-%d", own("/dev/shm/attack"), i)), 15); hold();`,
	"deleted files in /dev/shm": `for (int i = 0; i < 4; i++) put_deleted(own("/dev/shm/attack"), 15); hold();`,
	"deleted files behind a first thread that has ended": behindThread(
		`for (int i = 0; i < 4; i++) put_deleted(own("/dev/shm/attack"), 15); hold();`),
	"descriptors of a process that hides": `
struct stat st;
char *args[] = {"x", getenv("PATIENCE"), 0};
long from = sys(SYS_open, "/usr/bin/sleep", O_RDONLY), to = make("x");
sys(SYS_fstat, from, &st);
if (sys(SYS_sendfile, to, from, 0, st.st_size) != st.st_size || sys(SYS_fchmod, to, 0111) != 0) say("no copy\n");
sys(SYS_close, to);
long pid = sys(SYS_fork);
if (pid == 0) { sys(SYS_execve, "./x", args, 0); leave(); }
sys(SYS_wait4, pid, 0, 0, 0);
say("broken\n");`,
	"buffers of sockets": `
for (int p = 0; p < 8; p++) {
	if (sys(SYS_fork) != 0) continue;
	for (int i = 0; i < 100; i++) {
		int pair[2];
		sys(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
		put(pair[0], 1000);
	}
	pause_for_good();
}
hold();`,
	"4000 files of a megabyte": `for (int i = 0; i < 40; i++) put(make(path("%d", i)), 1); hold();`,
	"inode bomb":               `for (int i = 0; i < 1500; i++) sys(SYS_close, make(path("%d", i))); hold();`,
	"bomb of directories":      `for (int i = 0; i < 1500; i++) sys(SYS_mkdir, path("%d", i), 0700); hold();`,
	"files in a directory closed to its owner": `
sys(SYS_mkdir, "d", 0700);
for (int i = 0; i < 40; i++) {
	put(make(path("d/%d", i)), 1);
	if (i == 5) sys(SYS_chmod, "d", 0300);
}
sys(SYS_chmod, "d", 0); sys(SYS_chmod, ".", 0);
hold();`,
	"files far down": `
for (int i = 0; i < 500; i++) { sys(SYS_mkdir, "d", 0700); sys(SYS_chdir, "d"); }
for (int i = 0; i < 40; i++) put(make(path("%d", i)), 1);
hold();`,
	"files far down, where directories are closed all the time": `
long top = sys(SYS_open, ".", O_RDONLY | O_DIRECTORY);
for (int i = 0; i < 90; i++) { sys(SYS_mkdir, "d", 0700); sys(SYS_chdir, "d"); }
if (sys(SYS_fork) == 0) {
	sys(SYS_fchdir, top);
	for (;;) { sys(SYS_chmod, "d/d/d", 0); sys(SYS_chmod, "d/d/d", 0700); }
}
for (int i = 0; i < 40; i++) put(make(path("%d", i)), 1);
hold();`,
	"descriptors on their way through a socket": `
int pair[2];
sys(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
for (int i = 0; i < 6; i++) {
	int fd = put_deleted(own("/dev/shm/attack"), 10);
	char space[CMSG_SPACE(sizeof fd)] = {0};
	struct iovec data = {"x", 1};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	*CMSG_FIRSTHDR(&m) = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &fd, sizeof fd);
	if (sys(SYS_sendmsg, pair[0], &m, 0) != 1) { say("not sent\n"); leave(); }
	sys(SYS_close, fd);
}
hold();`,
	"deleted files on the disk": `for (int i = 0; i < 40; i++) put_deleted("x", 1); hold();`,
	"processor time spread over children": `
for (int i = 0; i < 4; i++)
	if (sys(SYS_fork) == 0) { while (processor_time() < 0.6); leave(); }
while (sys(SYS_wait4, -1, 0, 0, 0) > 0);
say("broken\n");`,

	"Piston 624: files left in /dev/shm": `make(own("/dev/shm/attack-left")); say("held\n");`,
	"files left in /tmp":                 `make(own("/tmp/attack-left")); say("held\n");`,
	"a tree left in /var/tmp that nobody may enter": `
char *top = own("/var/tmp/attack-left");
sys(SYS_mkdir, top, 0700); sys(SYS_chdir, top); sys(SYS_mkdir, "a", 0700); sys(SYS_mkdir, "a/b", 0700);
make("a/b/x"); sys(SYS_symlink, "/etc", "a/l"); sys(SYS_chmod, "a", 0); sys(SYS_chmod, ".", 0);
say("held\n");`,

	"another run's files":                 `fails(sys(SYS_open, path("%s/secret", text("victim-dir")), O_RDONLY), EACCES);`,
	"changing another run's files":        `fails(sys(SYS_open, path("%s/secret", text("victim-dir")), O_WRONLY), EACCES);`,
	"deleting another run's files":        `fails(sys(SYS_unlink, path("%s/secret", text("victim-dir"))), EACCES);`,
	"signals to another run":              `fails(sys(SYS_kill, number("victim-pid"), 0), EPERM);`,
	"another run's environment":           `fails(sys(SYS_open, path("/proc/%d/environ", number("victim-pid")), O_RDONLY), EACCES);`,
	"another run's memory":                `fails(sys(SYS_open, path("/proc/%d/mem", number("victim-pid")), O_RDWR), EACCES);`,
	"another run's descriptors":           `fails(sys(SYS_open, path("/proc/%d/fd", number("victim-pid")), O_RDONLY | O_DIRECTORY), EACCES);`,
	"another run's limits":                `struct rlimit l; fails(sys(SYS_prlimit64, number("victim-pid"), RLIMIT_NOFILE, 0, &l), EPERM);`,
	"isolate 2.6: another run's /dev/shm": `fails(sys(SYS_open, path("/dev/shm/victim-%d", number("victim-uid")), O_RDONLY), EACCES);`,
}

// behindThread runs an attack in a second thread, without the first.
func behindThread(code string) string {
	return `void attacker(void) { ` + code + ` }
thread(attacker, A_THREAD);
sys(SYS_exit, 0);`
}

// onlyInC are attacks for which Python is too far from the kernel.
var onlyInC = []attack{
	{name: "every call that is known and not wanted", layer: Seccomp, code: eachCall(refusedCalls, "EPERM")},
	{name: "calls that are not known", layer: Seccomp, code: eachCall(unknownCalls, "ENOSYS")},
	{name: "x32 system calls", layer: Seccomp, possible: hasX32, code: `fails(sys(0x40000000 | SYS_getpid), ENOSYS);`},
	{name: "threads and processes that clone refuses", layer: Seccomp, code: `
fails(thread(pause_for_good, (A_THREAD & ~CLONE_FILES) | CLONE_PARENT_SETTID), EPERM);
long pid = sys(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
if (pid == 0) leave();
fails(pid, EPERM);`},
	{name: "tuning another process", layer: Seccomp, code: `
long pid = sys(SYS_fork);
int param = 0;
struct { unsigned size, policy; unsigned long flags; int nice; unsigned priority; unsigned long rest[3]; } attr = {.size = 48, .nice = 19};
if (pid == 0) pause_for_good();
fails(sys(SYS_sched_setparam, pid, &param), EPERM);
fails(sys(SYS_sched_setscheduler, pid, 3, &param), EPERM); // batch
fails(sys(SYS_sched_setattr, pid, &attr, 0), EPERM);
fails(sys(SYS_ioprio_set, 1, pid, 2 << 13 | 7), EPERM);`},
	{name: "buffers of pipes that are made larger", layer: Seccomp, code: `
int p[2];
sys(SYS_pipe2, p, O_NONBLOCK);
fails(sys(SYS_fcntl, p[1], F_SETPIPE_SZ, MIB), EPERM);`},
	{name: "a link in /tmp", layer: Landlock, code: `fails(sys(SYS_symlink, "/etc", own("/tmp/attack")), EACCES);`},
	{name: "a pipe in /tmp", layer: Landlock, code: `fails(sys(SYS_mknod, own("/tmp/attack"), S_IFIFO | 0600, 0), EACCES);`},
	{name: "a file without a name in /var/tmp", layer: Landlock, code: `fails(sys(SYS_open, "/var/tmp", O_TMPFILE | O_RDWR, 0600), EACCES);`},
	{name: "a link to another run's file", layer: UID, also: Landlock, code: `fails(sys(SYS_link, path("%s/secret", text("victim-dir")), "x"), EACCES);`},
	{name: "signals to another run by other calls", layer: UID, also: Landlock, code: `
int pid = number("victim-pid");
siginfo_t info = {.si_code = SI_QUEUE};
fails(sys(SYS_tkill, pid, 0), EPERM);
fails(sys(SYS_tgkill, pid, pid, 0), EPERM);
fails(sys(SYS_rt_sigqueueinfo, pid, 0, &info), EPERM);
fails(sys(SYS_pidfd_send_signal, sys(SYS_pidfd_open, pid, 0), 0, 0, 0), EPERM);`},
}

// numbered is a system call with arguments that the kernel answers otherwise
// than the filter, without doing anything.
type numbered struct {
	nr   int
	args string
}

// refusedCalls are the calls that the filter refuses, but for those that the
// kernel itself refuses in the same way to whoever is not root, and those on
// sockets, which are allowed where Landlock holds them.
var refusedCalls = []numbered{
	{unix.SYS_PTRACE, "0, 0, 0, 0"}, {unix.SYS_PROCESS_VM_READV, "0, 0, 0, 0, 0, 1"}, {unix.SYS_PROCESS_VM_WRITEV, "0, 0, 0, 0, 0, 1"},
	{unix.SYS_PIDFD_GETFD, "-1"}, {unix.SYS_KCMP, "-1, -1"}, {unix.SYS_PROCESS_MADVISE, "-1"}, {unix.SYS_PROCESS_MRELEASE, "-1"},
	{unix.SYS_UNSHARE, "0"}, {unix.SYS_SETNS, "-1"}, {unix.SYS_MOUNT, "1, 1, 1"}, {unix.SYS_UMOUNT2, "1, -1"}, {unix.SYS_CHROOT, "1"},
	{unix.SYS_OPEN_TREE, "-1, 1"}, {unix.SYS_FSCONFIG, "-1, -1"},
	{unix.SYS_MOUNT_SETATTR, "-1, 1, -1"}, {unix.SYS_STATMOUNT, "1, 1, 1, -1"}, {unix.SYS_LISTMOUNT, "1, 1, 1, -1"},
	{unix.SYS_BPF, "0, 0, 100000"}, {unix.SYS_PERF_EVENT_OPEN, "0, 0, -1, -1"}, {unix.SYS_USERFAULTFD, "1"},
	{unix.SYS_IO_URING_SETUP, "0, 0"}, {unix.SYS_IO_URING_ENTER, "-1"}, {unix.SYS_IO_URING_REGISTER, "-1"},
	{unix.SYS_KEYCTL, "-1"}, {unix.SYS_ADD_KEY, "1"}, {unix.SYS_REQUEST_KEY, "1"},
	{unix.SYS_INOTIFY_INIT, ""}, {unix.SYS_INOTIFY_INIT1, "-1"}, {unix.SYS_INOTIFY_ADD_WATCH, "-1"}, {unix.SYS_INOTIFY_RM_WATCH, "-1"},
	{unix.SYS_FANOTIFY_INIT, "0x200"}, {unix.SYS_FANOTIFY_MARK, "-1, -1"}, {unix.SYS_QUOTACTL, "-1"}, {unix.SYS_QUOTACTL_FD, "-1"},
	{unix.SYS_NAME_TO_HANDLE_AT, "-1, 1, 1, 1, -1"}, {unix.SYS_SECCOMP, "-1"}, {unix.SYS_IO_SETUP, "0, 0"}, {unix.SYS_FLOCK, "-1, 1"},
	{unix.SYS_MEMFD_CREATE, "1"}, {unix.SYS_MEMFD_SECRET, "-1"}, {unix.SYS_VMSPLICE, "-1"},
	{unix.SYS_SHMGET, "0, 0, 0"}, {unix.SYS_SHMAT, "-1"}, {unix.SYS_SHMCTL, "-1, -1"}, {unix.SYS_SHMDT, "1"},
	{unix.SYS_SEMGET, "0, -1"}, {unix.SYS_SEMOP, "-1"}, {unix.SYS_SEMTIMEDOP, "-1"}, {unix.SYS_SEMCTL, "-1, 0, -1"},
	{unix.SYS_MSGGET, "1"}, {unix.SYS_MSGSND, "-1, 1"}, {unix.SYS_MSGRCV, "-1, 1"}, {unix.SYS_MSGCTL, "-1, -1"},
	{unix.SYS_MQ_OPEN, "1"}, {unix.SYS_MQ_UNLINK, "1"}, {unix.SYS_MQ_TIMEDSEND, "-1, 1, 1"}, {unix.SYS_MQ_TIMEDRECEIVE, "-1, 1, 1"},
	{unix.SYS_MQ_NOTIFY, "-1"}, {unix.SYS_MQ_GETSETATTR, "-1"},
	{unix.SYS_SETTIMEOFDAY, "1"}, {unix.SYS_CLOCK_SETTIME, "-1"}, {unix.SYS_CLOCK_ADJTIME, "0, 1"}, {unix.SYS_ADJTIMEX, "1"},
	{unix.SYS_IOPL, "0"}, {unix.SYS_IOPERM, "-1, 1"}, {unix.SYS_MODIFY_LDT, "0"}, {unix.SYS_USELIB, "1"}, {unix.SYS_USTAT, "-1"}, {unix.SYS_SYSFS, "3"},
	{unix.SYS_SYNCFS, "-1"},
	{unix.SYS_MBIND, "1, 1, -1"}, {unix.SYS_SET_MEMPOLICY, "-1"}, {unix.SYS_SET_MEMPOLICY_HOME_NODE, "1, 1, -1"},
	{unix.SYS_GET_MEMPOLICY, "0, 0, 0, 0, -1"}, {unix.SYS_MIGRATE_PAGES, "-1"}, {unix.SYS_MOVE_PAGES, "0, 0, 0, 0, -1"},
}

// unknownCalls are some that all kernels have and the filter does not know.
var unknownCalls = []numbered{
	{unix.SYS_IO_DESTROY, "0"}, {unix.SYS_IO_SUBMIT, "0"}, {unix.SYS_IO_GETEVENTS, "0"}, {unix.SYS_IO_CANCEL, "0"},
	{unix.SYS_LANDLOCK_CREATE_RULESET, "0, 0, 1"}, {unix.SYS_LANDLOCK_ADD_RULE, "-1"},
}

// eachCall is an attack for each of them.
func eachCall(list []numbered, how string) string {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "say(\"%d \"); refused(sys(%d, %s), %s);\n", c.nr, c.nr, c.args, how)
	}
	return strings.ReplaceAll(b.String(), ", )", ")")
}

// hasX32 reports whether the kernel knows the entry point at all.
func hasX32() bool {
	const x32 = 0x40000000
	_, _, e := unix.RawSyscall(x32|unix.SYS_GETPID, 0, 0, 0)
	return e == 0
}

// inJavaScript are attacks with what node itself offers, behind
// testdata/attacks/tools.js. What is said of them is in the table where they are
// in it as well.
var inJavaScript = map[string]string{
	"fork bomb": `
for (let i = 0; i < 120; i++) child_process.spawn('/usr/bin/sleep', ['60']).on('error', e => judge(e, 'EAGAIN'));
setImmediate(() => judge(null));`,
	"one huge file":           `process.on('SIGXFSZ', () => {}); fails('EFBIG', () => put(fs.openSync('x', 'w'), 20));`,
	"one huge sparse file":    `process.on('SIGXFSZ', () => {}); fails('EFBIG', () => fs.ftruncateSync(fs.openSync('x', 'w'), 2 ** 40));`,
	"descriptors without end": `fails('EMFILE', () => { for (let i = 0; i < 900; i++) fs.openSync('/dev/null'); });`,
	"a setuid program": `
const su = child_process.spawn('/usr/bin/su');
su.stderr.once('data', () => { say(fs.statSync('/proc/' + su.pid).uid ? 'held' : 'broken'); leave(); });`,
	"reading a file of the server's that is open to all": `fails('EACCES', () => fs.readFileSync(told('secret-path')));`,
	"reading the host's names":                           `fails('EACCES', () => fs.readFileSync('/etc/hosts'));`,
	"listing the root directory":                         `fails('EACCES', () => fs.readdirSync('/'));`,
	"listing processes":                                  `fails('EACCES', () => fs.opendirSync('/proc'));`,
	"reading the server's command line":                  `fails('EACCES', () => fs.readFileSync('/proc/' + process.ppid + '/cmdline'));`,
	"listing the names in /dev/shm":                      `fails('EACCES', () => fs.readdirSync('/dev/shm'));`,
	"writing to /tmp":                                    `fails('EACCES', () => fs.writeFileSync(own('/tmp/attack'), 'x'));`,
	"writing to /var/tmp":                                `fails('EACCES', () => fs.mkdirSync(own('/var/tmp/attack')));`,
	"kernel settings":                                    `fails('EACCES', () => fs.readFileSync('/proc/sys/kernel/hostname'));`,
	"Judge0 CVE-2024-29021: the service's own network":   `failsLater('EPERM', net.connect(+told('secret-port'), '127.0.0.1'), 'connect');`,
	"a UDP socket":                                       `failsLater('EPERM', dgram.createSocket('udp4').bind(), 'listening');`,
	"a listening port":                                   `failsLater('EPERM', net.createServer().listen(0, '127.0.0.1'), 'listening');`,
	"slowing another process":                            `const child = child_process.spawn('/usr/bin/sleep', ['60']); fails('EPERM', () => require('os').setPriority(child.pid, 19));`,
	"memory bomb":                                        `const keep = []; for (let i = 0; i < 160; i++) keep.push(Buffer.alloc(MiB, 1)); hold();`,
	"memory shared by mapping":                           `const keep = Buffer.from(new SharedArrayBuffer(160 * MiB)).fill(1); hold();`,
	"files in /dev/shm":                                  `for (let i = 0; i < 4; i++) put(fs.openSync(own('/dev/shm/attack') + i, 'w'), 15); hold();`,
	"deleted files in /dev/shm":                          `for (let i = 0; i < 4; i++) putDeleted(own('/dev/shm/attack'), 15); hold();`,
	"4000 files of a megabyte":                           `for (let i = 0; i < 40; i++) put(fs.openSync('' + i, 'w'), 1); hold();`,
	"inode bomb":                                         `for (let i = 0; i < 1500; i++) fs.closeSync(fs.openSync('' + i, 'w')); hold();`,
	"bomb of directories":                                `for (let i = 0; i < 1500; i++) fs.mkdirSync('' + i); hold();`,
	"deleted files on the disk":                          `for (let i = 0; i < 40; i++) putDeleted('x', 1); hold();`,
	"Piston 624: files left in /dev/shm":                 `fs.writeFileSync(own('/dev/shm/attack-left'), 'x'); say('held');`,
	"another run's files":                                `fails('EACCES', () => fs.readFileSync(told('victim-dir') + '/secret'));`,
	"deleting another run's files":                       `fails('EACCES', () => fs.unlinkSync(told('victim-dir') + '/secret'));`,
	"signals to another run":                             `fails('EPERM', () => process.kill(told('victim-pid'), 0));`,
	"another run's environment":                          `fails('EACCES', () => fs.readFileSync('/proc/' + told('victim-pid') + '/environ'));`,
	"another run's memory":                               `fails('EACCES', () => fs.openSync('/proc/' + told('victim-pid') + '/mem', 'r+'));`,
	"isolate 2.6: another run's /dev/shm":                `fails('EACCES', () => fs.readFileSync('/dev/shm/victim-' + told('victim-uid')));`,
}

var onlyInJavaScript = []attack{
	{name: "worker bomb", layer: Rlimits, limit: func(l *Limits) { l.Processes = 20; l.Memory = 1 << 30 }, code: `
let running = 0;
const begun = () => { if (++running == 30) judge(null); };
try {
	for (let i = 0; i < 30; i++) new worker_threads.Worker('setInterval(() => {}, 1000)', {eval: true}).on('online', begun);
} catch (e) { judge(e, 'ERR_WORKER_INIT_FAILED'); }`},
	{name: "memory in workers", layer: Watchdog, limit: lessMemory, outcome: Memory, code: `
let running = 0;
const worker = 'keep = Buffer.alloc(40 << 20, 1); require("worker_threads").parentPort.postMessage(1); setInterval(() => {}, 1000)';
for (let i = 0; i < 4; i++) new worker_threads.Worker(worker, {eval: true}).on('message', () => { if (++running == 4) hold(); });`},
	{name: "the port of the inspector", layer: Seccomp, also: Landlock, code: `
const inspector = require('inspector');
inspector.open(0);
say(inspector.url() ? 'broken: ' + inspector.url() : 'held');
leave();`},
	{name: "the inspector of another node", layer: Seccomp, also: Landlock, code: `
const child = child_process.spawn(process.execPath, ['--inspect=0', '-e', 'setInterval(() => {}, 1000)']);
child.stderr.once('data', said => { say(/listening/.test(said) ? 'broken' : /not permitted/.test(said) ? 'held' : 'failed: ' + said); leave(); });`},
}

// rows are the attacks of the table, in another language, and those that only
// that has.
func rows(codes map[string]string, more []attack) (list []attack) {
	for _, a := range attacks {
		if code, ok := codes[a.name]; ok {
			a.code = code
			list = append(list, a)
		}
	}
	return append(list, more...)
}

// Every attack is there in C, and none that is not in the table.
func TestTablesAgree(t *testing.T) {
	known := map[string]bool{}
	for _, a := range attacks {
		known[a.name] = true
		if inC[a.name] == "" {
			t.Errorf("%q has no form in C", a.name)
		}
	}
	for _, codes := range []map[string]string{inC, inJavaScript} {
		for name := range codes {
			if !known[name] {
				t.Errorf("%q is in no table", name)
			}
		}
	}
}

// tools reads what is at the disposal of the attacks in a language.
func tools(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/attacks/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// source is one program for all attacks; the environment says which one to make.
func source(tools string, attacks []attack) string {
	var b, list strings.Builder
	b.WriteString(tools)
	for i, a := range attacks {
		fmt.Fprintf(&b, "static void attack%d(void) {\n#line 1 %q\n%s\n}\n", i, a.name, a.code)
		fmt.Fprintf(&list, "attack%d, ", i)
	}
	fmt.Fprintf(&b, "static void (*const attacks[])(void) = {%s};\n", &list)
	b.WriteString("void attack(void) { attacks[atoi(getenv(\"ATTACK\"))](); leave(); }\nint main(void) { attack(); }\n")
	return b.String()
}

// compile builds them in a sandbox. What one sandbox built is as good in another.
func compile(t *testing.T, attacks []attack, flags ...string) *Artifact {
	t.Helper()
	need(t, gcc)
	args := append([]string{gcc, "-Wall", "-o", Out + "/attack", "attack.c"}, flags...)
	return build(t, open(t, Options{}), Job{
		Build: true,
		Files: []File{{"attack.c", source(tools(t, "tools.h"), attacks)}},
		Steps: []Step{{Args: args, Limits: testLimits()}},
	})
}

// numberOf is for rows that were compiled.
func numberOf(attacks []attack, a attack) string {
	i := slices.IndexFunc(attacks, func(o attack) bool { return o.name == a.name })
	return "ATTACK=" + strconv.Itoa(i)
}

func only(w way) func(rig) []way { return func(rig) []way { return []way{w} } }

// fromC has each attack made by a program.
func fromC(t *testing.T) language {
	attacks := rows(inC, onlyInC)
	built := compile(t, attacks)
	return language{attacks, newColdRig, only(way{name: "by a program", job: func(a attack, l Limits) Job {
		return Job{Artifact: built, Steps: []Step{{Args: []string{Out + "/attack"}, Env: []string{numberOf(attacks, a)}, Limits: l}}}
	}})}
}

// nodeMemory is about what node has before it does anything. What attacks have
// beyond their limit is more; see TestNodeFits for the limits.
const nodeMemory = 40 << 20

// fromNode has each of them made by node, when it loads a library.
func fromNode(t *testing.T) language {
	need(t, node)
	attacks := rows(inC, onlyInC)
	built := compile(t, attacks, "-shared", "-fPIC", "-Wl,-init=attack")
	return language{attacks, newColdRig, only(way{name: "by node", own: nodeMemory, job: func(a attack, l Limits) Job {
		j := job(node, "process.dlopen(module, process.env.LIBRARY)", l)
		j.Artifact = built
		j.Steps[0].Env = []string{"LIBRARY=" + Out + "/attack", numberOf(attacks, a)}
		return j
	}})}
}

// fromJavaScript has node make them by itself.
func fromJavaScript(t *testing.T) language {
	need(t, node)
	tools := tools(t, "tools.js")
	return language{rows(inJavaScript, onlyInJavaScript), newColdRig, only(way{name: "by a script", own: nodeMemory, job: func(a attack, l Limits) Job {
		return job(node, tools+a.code, l)
	}})}
}

func TestAttacksFromC(t *testing.T)          { fromC(t).test(t) }
func TestAttacksFromNode(t *testing.T)       { fromNode(t).test(t) }
func TestAttacksFromJavaScript(t *testing.T) { fromJavaScript(t).test(t) }

func TestNativeAttacksSucceedWithoutTheirLayer(t *testing.T) {
	need(t, gcc)
	need(t, node)
	if out, err := inThrowaway(t, "TestThrowawayNativeAttacks"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestThrowawayNativeAttacks(t *testing.T) {
	enterThrowaway(t)
	t.Run("C", func(t *testing.T) { fromC(t).testUnheld(t) })
	t.Run("node", func(t *testing.T) { fromNode(t).testUnheld(t) })
	t.Run("JavaScript", func(t *testing.T) { fromJavaScript(t).testUnheld(t) })
}

// Node is not ended for what it is: under each of the limits that hold attacks,
// it goes on while it does nothing.
func TestNodeFits(t *testing.T) {
	need(t, node)
	const looks = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); say('held')`
	g := newColdRig(t, 0)
	for _, limit := range []func(*Limits){lessMemory, littleMemory, lessDisk, func(l *Limits) { l.Processes = 20; l.CPU = time.Second }} {
		for _, w := range fromJavaScript(t).ways(g) {
			if v := g.try(t, attack{code: looks, limit: limit}, w); !v.held {
				t.Errorf("%s: %s", w.name, v.why)
			}
		}
	}
}
