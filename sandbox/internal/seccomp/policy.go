package seccomp

import "golang.org/x/sys/unix"

// newNamespaces are the CLONE_NEW* bits that clone takes; CLONE_NEWTIME is
// known to clone3 and unshare only.
const newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET

// ioctls that the unix package does not name.
const (
	fsSetFlags32 = 0x40046602
	fsSetXattr   = 0x401c5820
)

// policy is the verdict on every call we know, on x86-64.
func policy(unixSockets bool) map[uint32]rule {
	rules := make(map[uint32]rule, len(allowed)+len(refused)+len(conditional))
	for _, nr := range allowed {
		rules[nr] = plain(Allow)
	}
	for _, nr := range refused {
		rules[nr] = plain(EPERM)
	}
	for nr, r := range conditional {
		rules[nr] = r
	}
	if unixSockets {
		rules[unix.SYS_SOCKET] = onlyIf(is(0, unix.AF_UNIX))
		rules[unix.SYS_SOCKETPAIR] = rules[unix.SYS_SOCKET]
		for _, nr := range []uint32{unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4, unix.SYS_CONNECT} {
			rules[nr] = plain(Allow)
		}
	}
	return rules
}

// conditional are the calls whose arguments decide.
var conditional = map[uint32]rule{
	// Threads and processes, but no namespaces. clone3 hides its flags behind a
	// pointer: ENOSYS makes the C library use clone.
	// And no thread with descriptors of its own: they would be in nobody's /proc.
	unix.SYS_CLONE: onlyIf(without(0, newNamespaces),
		masked(0, ^uint32(unix.CLONE_THREAD|unix.CLONE_FILES), 0, unix.CLONE_FILES, unix.CLONE_THREAD|unix.CLONE_FILES),
		// Who waits as vfork does lends the child its memory: see borrowing.
		masked(0, ^uint32(unix.CLONE_VFORK|unix.CLONE_VM), 0, unix.CLONE_VM, unix.CLONE_VFORK|unix.CLONE_VM)),
	unix.SYS_CLONE3: plain(ENOSYS),

	// A pair talks to nobody else, if it is connected for good: one half of a
	// datagram pair can still send to any address.
	unix.SYS_SOCKET: plain(EPERM),
	unix.SYS_SOCKETPAIR: onlyIf(is(0, unix.AF_UNIX),
		masked(1, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.SOCK_STREAM, unix.SOCK_SEQPACKET)),

	// The kernel lets a program tune any thread with its effective uid. While
	// a run is ended, one of the server's threads has it: only oneself then.
	unix.SYS_SETPRIORITY:       onlyIf(is(1, 0)),
	unix.SYS_IOPRIO_SET:        onlyIf(is(1, 0)),
	unix.SYS_SCHED_SETAFFINITY: onlyIf(is(0, 0)),
	unix.SYS_SCHED_SETATTR:     onlyIf(is(0, 0)),
	unix.SYS_SCHED_SETPARAM:    onlyIf(is(0, 0)),
	// Mono and Pascal give each of their threads the policy that it has already,
	// and take a refusal badly.
	unix.SYS_SCHED_SETSCHEDULER: onlyIf(is(0, 0)).or(rule{then: Nothing, els: EPERM, tests: []test{is(1, unix.SCHED_NORMAL)}}),

	// A pipe's buffer stays what the watchdog takes it for.
	unix.SYS_FCNTL: onlyIf(isNot(1, unix.F_SETPIPE_SZ)),

	// Asking, and Linux as it is; no other execution domain, no fixed addresses.
	unix.SYS_PERSONALITY: onlyIf(is(0, 0, 0xffffffff)),

	// Typing into a terminal that somebody else reads; marks on directories
	// (projects, encryption) that make them hard to move and remove.
	unix.SYS_IOCTL: onlyIf(isNot(1, unix.TIOCSTI, unix.TIOCLINUX, unix.FS_IOC_SETFLAGS, fsSetFlags32, fsSetXattr,
		unix.FS_IOC_SET_ENCRYPTION_POLICY, unix.FS_IOC_ADD_ENCRYPTION_KEY, unix.FS_IOC_REMOVE_ENCRYPTION_KEY)),
}

// refused are the calls that are known and not wanted. Together with what is
// not listed at all (ENOSYS) this is what the sandbox takes away.
var refused = []uint32{
	// other processes' memory and descriptors
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PIDFD_GETFD, unix.SYS_KCMP,
	unix.SYS_PROCESS_MADVISE, unix.SYS_PROCESS_MRELEASE,
	// namespaces, mounts, roots
	unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT,
	unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK,
	unix.SYS_MOUNT_SETATTR, unix.SYS_STATMOUNT, unix.SYS_LISTMOUNT,
	// large parts of the kernel that no course needs
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY,
	// names of files in directories that may not be listed
	unix.SYS_INOTIFY_INIT, unix.SYS_INOTIFY_INIT1, unix.SYS_INOTIFY_ADD_WATCH, unix.SYS_INOTIFY_RM_WATCH,
	unix.SYS_FANOTIFY_INIT, unix.SYS_FANOTIFY_MARK, unix.SYS_QUOTACTL, unix.SYS_QUOTACTL_FD,
	unix.SYS_NAME_TO_HANDLE_AT, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_LOOKUP_DCOOKIE,
	unix.SYS_SECCOMP,
	// a pool of contexts that the whole machine shares
	unix.SYS_IO_SETUP,
	// locks on files that everybody can open: runs could signal each other, and
	// keep others waiting; record locks (fcntl) need a file open for writing
	unix.SYS_FLOCK,
	// memory that no process's figures show: the watchdog could not count it
	unix.SYS_MEMFD_CREATE, unix.SYS_MEMFD_SECRET, unix.SYS_VMSPLICE,
	unix.SYS_SHMGET, unix.SYS_SHMAT, unix.SYS_SHMCTL, unix.SYS_SHMDT,
	// what is shared by name with everybody in the container
	unix.SYS_SEMGET, unix.SYS_SEMOP, unix.SYS_SEMTIMEDOP, unix.SYS_SEMCTL,
	unix.SYS_MSGGET, unix.SYS_MSGSND, unix.SYS_MSGRCV, unix.SYS_MSGCTL,
	unix.SYS_MQ_OPEN, unix.SYS_MQ_UNLINK, unix.SYS_MQ_TIMEDSEND, unix.SYS_MQ_TIMEDRECEIVE, unix.SYS_MQ_NOTIFY, unix.SYS_MQ_GETSETATTR,
	// the network; descriptors from elsewhere cannot come in, but be sure
	unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4, unix.SYS_CONNECT,
	// the machine
	unix.SYS_REBOOT, unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE,
	unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT, unix.SYS_SYSLOG, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_ADJTIMEX,
	unix.SYS_IOPL, unix.SYS_IOPERM, unix.SYS_MODIFY_LDT, unix.SYS_VHANGUP, unix.SYS_USELIB, unix.SYS_USTAT, unix.SYS_SYSFS,
	// the whole machine's disks, as often as one likes
	unix.SYS_SYNC, unix.SYS_SYNCFS,
	// where memory lies
	unix.SYS_MBIND, unix.SYS_SET_MEMPOLICY, unix.SYS_SET_MEMPOLICY_HOME_NODE, unix.SYS_GET_MEMPOLICY, unix.SYS_MIGRATE_PAGES, unix.SYS_MOVE_PAGES,
}

// allowed are the calls that programs need. Each acts on the program itself,
// or is checked by the uid and Landlock.
var allowed = []uint32{
	// files
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_OPEN, unix.SYS_CLOSE, unix.SYS_STAT, unix.SYS_FSTAT, unix.SYS_LSTAT,
	unix.SYS_LSEEK, unix.SYS_PREAD64, unix.SYS_PWRITE64, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_PREADV, unix.SYS_PWRITEV,
	unix.SYS_PREADV2, unix.SYS_PWRITEV2, unix.SYS_ACCESS, unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2, unix.SYS_OPENAT, unix.SYS_OPENAT2,
	unix.SYS_CREAT, unix.SYS_DUP, unix.SYS_DUP2, unix.SYS_DUP3, unix.SYS_FSYNC, unix.SYS_FDATASYNC,
	unix.SYS_SYNC_FILE_RANGE, unix.SYS_TRUNCATE, unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, unix.SYS_GETDENTS, unix.SYS_GETDENTS64,
	unix.SYS_GETCWD, unix.SYS_CHDIR, unix.SYS_FCHDIR, unix.SYS_RENAME, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_MKDIR,
	unix.SYS_MKDIRAT, unix.SYS_RMDIR, unix.SYS_LINK, unix.SYS_LINKAT, unix.SYS_UNLINK, unix.SYS_UNLINKAT, unix.SYS_SYMLINK,
	unix.SYS_SYMLINKAT, unix.SYS_READLINK, unix.SYS_READLINKAT, unix.SYS_MKNOD, unix.SYS_MKNODAT, unix.SYS_CHMOD, unix.SYS_FCHMOD,
	unix.SYS_FCHMODAT, unix.SYS_FCHMODAT2, unix.SYS_CHOWN, unix.SYS_FCHOWN, unix.SYS_LCHOWN, unix.SYS_FCHOWNAT, unix.SYS_UMASK,
	unix.SYS_UTIME, unix.SYS_UTIMES, unix.SYS_UTIMENSAT, unix.SYS_FUTIMESAT, unix.SYS_STATFS, unix.SYS_FSTATFS, unix.SYS_NEWFSTATAT, unix.SYS_STATX,
	unix.SYS_GETXATTR, unix.SYS_LGETXATTR, unix.SYS_FGETXATTR, unix.SYS_LISTXATTR, unix.SYS_LLISTXATTR, unix.SYS_FLISTXATTR,
	unix.SYS_SETXATTR, unix.SYS_LSETXATTR, unix.SYS_FSETXATTR, unix.SYS_REMOVEXATTR, unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR,
	unix.SYS_SENDFILE, unix.SYS_COPY_FILE_RANGE, unix.SYS_SPLICE, unix.SYS_TEE, unix.SYS_READAHEAD, unix.SYS_FADVISE64,
	unix.SYS_CLOSE_RANGE,
	// waiting
	unix.SYS_POLL, unix.SYS_PPOLL, unix.SYS_SELECT, unix.SYS_PSELECT6, unix.SYS_EPOLL_CREATE, unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL,
	unix.SYS_EPOLL_WAIT, unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_PWAIT2, unix.SYS_EVENTFD,
	unix.SYS_EVENTFD2, unix.SYS_SIGNALFD, unix.SYS_SIGNALFD4, unix.SYS_TIMERFD_CREATE, unix.SYS_TIMERFD_SETTIME, unix.SYS_TIMERFD_GETTIME,
	unix.SYS_PIPE, unix.SYS_PIPE2,
	// memory
	unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MREMAP, unix.SYS_MPROTECT, unix.SYS_BRK, unix.SYS_MADVISE, unix.SYS_MINCORE, unix.SYS_MSYNC,
	unix.SYS_MLOCK, unix.SYS_MLOCK2, unix.SYS_MUNLOCK, unix.SYS_MLOCKALL, unix.SYS_MUNLOCKALL, unix.SYS_REMAP_FILE_PAGES,
	unix.SYS_PKEY_ALLOC, unix.SYS_PKEY_FREE, unix.SYS_PKEY_MPROTECT, unix.SYS_MEMBARRIER,
	// processes and threads
	unix.SYS_FORK, unix.SYS_VFORK, unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_EXIT, unix.SYS_EXIT_GROUP, unix.SYS_WAIT4, unix.SYS_WAITID,
	unix.SYS_GETPID, unix.SYS_GETPPID, unix.SYS_GETTID, unix.SYS_SETPGID, unix.SYS_GETPGID, unix.SYS_GETPGRP, unix.SYS_SETSID, unix.SYS_GETSID,
	unix.SYS_PRCTL, unix.SYS_ARCH_PRCTL, unix.SYS_SET_TID_ADDRESS, unix.SYS_SET_THREAD_AREA, unix.SYS_GET_THREAD_AREA,
	unix.SYS_FUTEX, unix.SYS_FUTEX_WAITV, unix.SYS_SET_ROBUST_LIST, unix.SYS_GET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_RESTART_SYSCALL,
	unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_SEND_SIGNAL, unix.SYS_GETPRIORITY, unix.SYS_IOPRIO_GET, unix.SYS_SCHED_YIELD,
	unix.SYS_SCHED_GETAFFINITY, unix.SYS_SCHED_GETATTR, unix.SYS_SCHED_GETPARAM, unix.SYS_SCHED_GETSCHEDULER,
	unix.SYS_SCHED_GET_PRIORITY_MAX, unix.SYS_SCHED_GET_PRIORITY_MIN, unix.SYS_SCHED_RR_GET_INTERVAL, unix.SYS_GETCPU,
	// signals
	unix.SYS_KILL, unix.SYS_TKILL, unix.SYS_TGKILL, unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN,
	unix.SYS_RT_SIGPENDING, unix.SYS_RT_SIGTIMEDWAIT, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO, unix.SYS_RT_SIGSUSPEND,
	unix.SYS_SIGALTSTACK, unix.SYS_PAUSE, unix.SYS_ALARM,
	// identity: there is only one to be had
	unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_GETGID, unix.SYS_GETEGID, unix.SYS_GETRESUID, unix.SYS_GETRESGID, unix.SYS_GETGROUPS,
	unix.SYS_SETUID, unix.SYS_SETGID, unix.SYS_SETREUID, unix.SYS_SETREGID, unix.SYS_SETRESUID, unix.SYS_SETRESGID, unix.SYS_SETGROUPS,
	unix.SYS_SETFSUID, unix.SYS_SETFSGID, unix.SYS_CAPGET, unix.SYS_CAPSET,
	// limits and figures
	unix.SYS_GETRLIMIT, unix.SYS_SETRLIMIT, unix.SYS_PRLIMIT64, unix.SYS_GETRUSAGE, unix.SYS_TIMES, unix.SYS_SYSINFO, unix.SYS_UNAME,
	// time
	unix.SYS_TIME, unix.SYS_GETTIMEOFDAY, unix.SYS_CLOCK_GETTIME, unix.SYS_CLOCK_GETRES, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_NANOSLEEP,
	unix.SYS_GETITIMER, unix.SYS_SETITIMER, unix.SYS_TIMER_CREATE, unix.SYS_TIMER_DELETE, unix.SYS_TIMER_GETOVERRUN,
	unix.SYS_TIMER_GETTIME, unix.SYS_TIMER_SETTIME,
	// talking over a pair
	unix.SYS_SENDTO, unix.SYS_RECVFROM, unix.SYS_SENDMSG, unix.SYS_RECVMSG, unix.SYS_SENDMMSG, unix.SYS_RECVMMSG, unix.SYS_SHUTDOWN,
	unix.SYS_GETSOCKNAME, unix.SYS_GETPEERNAME, unix.SYS_SETSOCKOPT, unix.SYS_GETSOCKOPT,
	unix.SYS_GETRANDOM,
	// a forked interpreter confines itself; making rulesets takes the kernel's
	// memory and is not for programs
	unix.SYS_LANDLOCK_RESTRICT_SELF,
}
