// What a zygote does where no Python may run: between the fork and the program,
// because each page that Python touches there is copied for every run; and at
// the end of a program, because no frame of ours may be under its atexit
// functions and destructors.
//
// It is compiled to code that can lie anywhere and needs nothing else:
// native.bin, which is made by "make native" and loaded by zygote.py.

typedef unsigned long word;

static inline long call(word n, word a, word b, word c, word d, word e) {
	register word r10 __asm__("r10") = d;
	register word r8 __asm__("r8") = e;
	long r;
	__asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
	return r;
}

enum {
	SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_madvise = 28, SYS_dup2 = 33, SYS_clone = 56,
	SYS_clock_gettime = 228, SYS_exit_group = 231, SYS_set_robust_list = 273, SYS_close_range = 436,
	CLOCK_MONOTONIC = 1, CLOCK_PROCESS_CPUTIME_ID = 2,
	MADV_POPULATE_WRITE = 23,
	LINE = 3, // of the child to the server
};

// A system call that the server asks for. Arguments whose bit is set in places
// are places in the message. It has failed when it returns an error, or, if
// check is set, anything but want.
struct request {
	word number, args[5], places, check, want;
};

struct message {
	word length; // of all of it
	word count;
	word data, end, path, name; // for zygote.py: where there are fields, and two wide strings
	struct request requests[];
};

struct range {
	word start, size;
};

struct child {
	word flags, tid, robust, robust_size; // for clone, and what a new thread tells the kernel
	word n, fds[5];                       // descriptors, to be 0, 1, 2...
	struct message *message;
	word room;
	struct range *ranges; // memory that every run writes to
	word n_ranges;
};

static void say(word what, word first, word second) {
	unsigned char said[17];
	said[0] = what;
	*(word *)(said + 1) = first;
	*(word *)(said + 9) = second;
	call(SYS_write, LINE, (word)said, sizeof said, 0, 0);
}

static void fail(word request, long error) {
	say(request, -error, 0);
	call(SYS_exit_group, 1, 0, 0, 0, 0);
}

// receive reads a message and makes the system calls that it asks for. The end
// of the line means that the child is not needed.
static void receive(struct child *c, word first) {
	struct message *m = c->message;
	word have = 0;
	while (have < sizeof m->length || have < m->length) {
		word want = (have < sizeof m->length ? sizeof m->length : m->length) - have;
		long n = want > c->room - have ? 0 : call(SYS_read, LINE, (word)m + have, want, 0, 0);
		if (n <= 0)
			call(SYS_exit_group, 0, 0, 0, 0, 0);
		have += n;
	}
	for (word i = 0; i < m->count; i++) {
		struct request *q = &m->requests[i];
		for (word a = 0; a < 5; a++)
			if (q->places >> a & 1)
				q->args[a] += (word)m;
		long r = call(q->number, q->args[0], q->args[1], q->args[2], q->args[3], q->args[4]);
		if (q->check ? r != (long)q->want : r < 0 && r > -4096)
			fail(first + i, r < 0 ? r : -3);
	}
}

// fork_child forks, and returns the pid, or an error. In the child it returns 0
// when there is a program to be run.
long fork_child(struct child *c) {
	long pid = call(SYS_clone, c->flags, 0, 0, c->tid, 0);
	if (pid != 0)
		return pid;
	call(SYS_set_robust_list, c->robust, c->robust_size, 0, 0, 0);
	for (word i = 0; i < c->n; i++)
		call(SYS_dup2, c->fds[i], i, 0, 0, 0); // each comes from above its place
	call(SYS_close_range, c->n, 0xffffffff, 0, 0, 0);
	receive(c, 0);
	for (word i = 0; i < c->n_ranges; i++) // older kernels refuse, and it costs a fault for each page
		call(SYS_madvise, c->ranges[i].start, c->ranges[i].size, MADV_POPULATE_WRITE, 0, 0);
	receive(c, 100);
	return 0;
}

static word now(word clock) {
	word t[2];
	call(SYS_clock_gettime, clock, (word)t, 0, 0, 0);
	return t[0] * 1000000000 + t[1];
}

// ready tells the server that the program begins.
void ready(void) {
	say(0xff, now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID));
	call(SYS_close, LINE, 0, 0, 0, 0);
}

// A row of a list of calls: a function and its three arguments; what to call,
// with one argument, when it returns 0; and flags.
struct row {
	word (*function)(word, word, word, ...);
	word args[3];
	word (*otherwise)(word);
	word about, flags;
};

// Instead of a function.
enum { STOP = 1, JUMP, SKIP_IF };

enum {
	FAILS = 1,  // 0 makes the status -1
	STATUS = 2, // what it returns is the status
	SKIP = 4,   // 0 skips as many rows as the third argument says
};

// run_list makes the calls of a list. JUMP goes on with another list; SKIP_IF
// skips rows when a word in memory has a value.
long run_list(struct row *r) {
	int status = 0;
	for (;; r++) {
		switch ((word)r->function) {
		case 0:
			continue;
		case STOP:
			return status;
		case JUMP:
			r = (struct row *)r->args[0] - 1;
			continue;
		case SKIP_IF:
			if (*(word *)r->args[0] == r->args[1])
				r += r->args[2];
			continue;
		}
		word result = r->function(r->args[0], r->args[1], r->args[2]);
		if (r->flags & STATUS)
			status = result;
		else if (result == 0) {
			if (r->flags & FAILS)
				status = -1;
			if (r->otherwise)
				r->otherwise(r->about);
			if (r->flags & SKIP)
				r += r->args[2];
		}
	}
}

// changed returns the index of the first word that has not the value it should
// have, or -1.
struct expected {
	word *at, value;
};

long changed(struct expected *e, word n) {
	for (word i = 0; i < n; i++)
		if (*e[i].at != e[i].value)
			return i;
	return -1;
}

// entries is where zygote.py finds the functions: how far from the start.
__asm__(".section .entries,\"a\"\n.quad fork_child, ready, run_list, changed\n.text");
