// What attacks in C have at their disposal. System calls are made by the
// instruction, with no library in between, and return -errno.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#define MIB (1L << 20)

static long call(long nr, long a, long b, long c, long d, long e, long f) {
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	long r;
	__asm__ volatile("syscall" : "=a"(r) : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return r;
}

#define CALL(nr, a, b, c, d, e, f, ...) call(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define sys(...) CALL(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static void say(const char *format, ...) {
	char line[512];
	va_list list;
	va_start(list, format);
	sys(SYS_write, 1, line, vsnprintf(line, sizeof line, format, list));
	va_end(list);
}

// fails says whether a call failed in just the way in which its layer fails it.
// An error of another kind shows nothing.
static void fails(long r, long how) {
	say(r == -how ? "held\n" : r >= 0 ? "broken: %ld\n" : "failed: %ld\n", r);
}

// refused is for calls that have no success: any other error comes from behind
// the layer, from the kernel that was asked.
static void refused(long r, long how) {
	say(r == -how ? "held\n" : "broken: %ld\n", r);
}

static void leave(void) { sys(SYS_exit_group, 0); }

static void pause_for_good(void) {
	for (;;)
		sys(SYS_pause);
}

// hold keeps what the program has, and says that it could.
static void hold(void) {
	struct timespec left = {.tv_sec = atoi(getenv("PATIENCE"))};
	while (sys(SYS_nanosleep, &left, &left) == -EINTR)
		;
	say("broken: it could be kept\n");
	leave();
}

// a file of the run's directory
static char *text(const char *file) {
	static char text[4096];
	long fd = sys(SYS_open, file, O_RDONLY), n = sys(SYS_read, fd, text, sizeof text - 1);
	sys(SYS_close, fd);
	text[n < 0 ? 0 : n] = 0;
	return text;
}

static int number(const char *file) { return atoi(text(file)); }

static char *path(const char *format, ...) {
	static char path[4096];
	va_list list;
	va_start(list, format);
	vsnprintf(path, sizeof path, format, list);
	va_end(list);
	return path;
}

// own is a name that no other run has.
static char *own(const char *prefix) {
	static char name[256];
	snprintf(name, sizeof name, "%s-%d", prefix, (int)sys(SYS_getuid));
	return name;
}

static void ignore(int signal) {
	struct { void *handler; long flags; void *restorer; long mask; } action = {.handler = SIG_IGN};
	sys(SYS_rt_sigaction, signal, &action, 0, sizeof action.mask);
}

static char *map(long size, int flags) {
	long p = sys(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);
	if (p < 0) {
		say("no mapping: %ld\n", p);
		leave();
	}
	return (char *)p;
}

// have is memory that is really there.
static void have(long size, int flags) { memset(map(size, flags), 1, size); }

#define A_THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

// thread begins one that must not return. It shares everything with its maker,
// thread-local storage too.
static long thread(void (*function)(void), long flags) {
	const long size = 256 << 10;
	long *top = (long *)(map(size, MAP_PRIVATE) + size - 64);
	long r;
	*top = (long)function;
	__asm__ volatile(
		"xor %%r10d, %%r10d\n\txor %%r8d, %%r8d\n\tsyscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\t"
		"xor %%ebp, %%ebp\n\tcall *(%%rsp)\n\tud2\n1:"
		: "=a"(r) : "a"(SYS_clone), "D"(flags), "S"(top), "d"(0) : "rcx", "r8", "r10", "r11", "memory");
	return r;
}

static long make(const char *name) { return sys(SYS_open, name, O_CREAT | O_RDWR, 0600); }

// put writes so many MiB and returns what the last write did.
static long put(long fd, int mib) {
	static char data[MIB] = {1};
	long r = 0;
	while (mib-- > 0 && (r = sys(SYS_write, fd, data, MIB)) >= 0)
		;
	return r;
}

// put_deleted leaves so many MiB behind a descriptor only.
static long put_deleted(const char *name, int mib) {
	long fd = make(name);
	sys(SYS_unlink, name);
	put(fd, mib);
	return fd;
}

static double processor_time(void) {
	struct timespec t;
	sys(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static long connect_to(int family, const void *address, int size) {
	long s = sys(SYS_socket, family, SOCK_STREAM, 0);
	return s < 0 ? s : sys(SYS_connect, s, address, size);
}
