// What a zygote does where no Python may run: between the fork and the program,
// because each page that Python touches there is copied for every run; and at
// the end of a program, because no frame of ours may be under its atexit
// functions and destructors.
//
// It is compiled to code that can lie anywhere and needs nothing else:
// native.bin, which is made by "make native" and loaded by native.py.

typedef unsigned long word;

static inline long call(word n, word a, word b, word c, word d, word e) {
	register word r10 __asm__("r10") = d;
	register word r8 __asm__("r8") = e;
	long r;
	__asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
	return r;
}

enum {
	SYS_read = 0, SYS_write = 1, SYS_open = 2, SYS_close = 3, SYS_mprotect = 10, SYS_munmap = 11, SYS_pread64 = 17, SYS_mremap = 25, SYS_wait4 = 61, SYS_mincore = 27, SYS_dup2 = 33, SYS_recvmsg = 47, SYS_clone = 56, SYS_prctl = 157,
	SYS_clock_gettime = 228, SYS_exit_group = 231, SYS_set_robust_list = 273, SYS_getrandom = 318, SYS_close_range = 436,
	CLOCK_MONOTONIC = 1, CLOCK_PROCESS_CPUTIME_ID = 2,
	LINE = 4,       // of the zygote to the server
	CHILD_LINE = 3, // of a child
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
	// For become: where there are strings, one behind the other, of which so
	// many are variables and arguments; where two wide strings are; and whether
	// the program's file is surely no archive.
	word data, variables, arguments, path, name, plain;
	struct request requests[];
};

// Pages that every run writes to. A page that a child shares with the zygote is
// copied when it does, which takes as long as some thousand instructions; those
// that a rehearsal has shown are copied while the child waits for its program.
struct pages {
	word n, list[4095];
};

struct child {
	word flags, tid, robust, robust_size; // for clone, and what a new thread tells the kernel
	word n, fds[5];                       // descriptors, to be 0, 1, 2...
	struct message *message;
	word room;
};

static void say(word what, word first, word second) {
	struct __attribute__((packed)) {
		unsigned char what;
		word numbers[3];
	} said = {what, {first, second, 0}};
	call(SYS_write, CHILD_LINE, (word)&said, sizeof said, 0, 0);
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
		long n = want > c->room - have ? 0 : call(SYS_read, CHILD_LINE, (word)m + have, want, 0, 0);
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
// when that has what the first message asks for.
static long fork_child(struct child *c) {
	long pid = call(SYS_clone, c->flags, 0, 0, c->tid, 0);
	if (pid != 0)
		return pid;
	call(SYS_set_robust_list, c->robust, c->robust_size, 0, 0, 0);
	for (word i = 0; i < c->n; i++)
		call(SYS_dup2, c->fds[i], i, 0, 0, 0); // each comes from above its place
	call(SYS_close_range, c->n, 0xffffffff, 0, 0, 0);
	receive(c, 0);
	return 0;
}

static word now(word clock) {
	word t[2];
	call(SYS_clock_gettime, clock, (word)t, 0, 0, 0);
	return t[0] * 1000000000 + t[1];
}

// ready tells the server that the program begins.
static void ready(void) {
	say(0xff, now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID));
	call(SYS_close, CHILD_LINE, 0, 0, 0, 0);
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

// What end.py knows of the interpreter, in its order. The functions are those
// of CPython's interface; objects are the interpreter's, and stay.
typedef word object;

struct python {
	object (*bytes)(const char *), (*text)(const char *), (*wide)(const word *, long), (*format)(const char *, ...);
	object (*list)(long);
	int (*list_set)(object, long, object);
	object (*dict)(void), (*get)(object, object);
	int (*set)(object, object, object), (*update)(object, object);
	object (*module)(const char *), (*module_dict)(object);
	object (*call_none)(object), (*call_one)(object, object), (*attribute)(object, object);
	int (*set_attribute)(object, object, object);
	object (*weak_reference)(object, object), (*generic_new)(object, object, object);
	void (*release)(object), (*clear_error)(void);
	int (*setenv)(const char *, const char *, int);

	object none, false_, generations[3]; // 0, 1, 2
	object environ, home, tmpdir;
	object sys, argv, orig_argv, modules, importers;
	object site, user_base, user_site;
	const char *user_site_suffix; // null: there is none
	object main, main_template, annotations, collect;
	const word **file, **name; // of the interpreter's configuration
	int *counts[3], *enabled; // of the collector; before a count is its threshold
	word usual_counts[3];

	object signal, threading_count;
	struct expected *watched;
	word n_watched, n_streams; // the streams are behind the others
	object out, err, closed, module_type, loader_type, loader, loader_name, loader_path;
	word usual_modules, *finalizing, state;
	struct row *clear;
	struct expected *exits; // the C library's list of what to call at exit
	word n_exits;
	int (*flush)(void *);
	void (*exit)(int);
	unsigned char saved[32]; // what stands at exit
	word size, usual;
	struct server *rehearsal; // this is one
};

// rewrite changes code, if it can: to make it writable takes memory.
static int rewrite(void *at, const unsigned char *code, word size) {
	enum { READ_EXECUTE = 5, READ_WRITE_EXECUTE = 7 };
	word page = (word)at & -4096ul, length = (word)at + size - page;
	if (call(SYS_mprotect, page, length, READ_WRITE_EXECUTE, 0, 0) < 0)
		return 0;
	for (word i = 0; i < size; i++)
		((unsigned char *)at)[i] = code[i];
	call(SYS_mprotect, page, length, READ_EXECUTE, 0, 0);
	return 1;
}

static void survey(struct server *s);

// quit stands in the place of the C library's exit. To call what libraries have
// registered takes as long as to run a small program, and nobody would see it where
// that are the libraries of the zygote alone.
void quit(int status, struct python *p) {
	if (p->rehearsal)
		survey(p->rehearsal);
	if (p->usual || !rewrite(p->exit, p->saved, p->size)) {
		p->flush(0);
		call(SYS_exit_group, status, 0, 0, 0, 0);
	}
	p->exit(status);
}

static const char *next(const char *s) {
	while (*s++)
		;
	return s;
}

static void set(struct python *p, object dict, object key, object value) {
	p->set(dict, key, value);
	p->release(value);
}

// become makes the interpreter's state that of the program's own start.
static void become(struct python *p, struct message *m) {
	const char *s = (const char *)m + m->data, *directory = s;
	object d = p->bytes(directory);
	p->set(p->environ, p->home, d);
	set(p, p->environ, p->tmpdir, d);
	p->setenv("HOME", directory, 1);
	p->setenv("TMPDIR", directory, 1);
	s = next(s);
	for (word i = 0; i < m->variables; i++, s = next(s)) {
		const char *variable = s;
		s = next(s);
		p->setenv(variable, s, 1);
		object key = p->bytes(variable);
		set(p, p->environ, key, p->bytes(s));
		p->release(key);
	}
	object argv = p->list(m->arguments - 1), orig = p->list(m->arguments);
	for (word i = 0; i < m->arguments; i++, s = next(s)) {
		p->list_set(orig, i, p->text(s));
		if (i > 0)
			p->list_set(argv, i - 1, p->text(s));
	}
	set(p, p->sys, p->argv, argv);
	set(p, p->sys, p->orig_argv, orig);
	if (p->user_site_suffix) {
		set(p, p->site, p->user_base, p->format("%s/.local", directory));
		set(p, p->site, p->user_site, p->format("%s/.local%s", directory, p->user_site_suffix));
	}
	*p->file = (const word *)((const char *)m + m->path);
	*p->name = (const word *)((const char *)m + m->name);
	if (m->plain) { // CPython asks whether it is an archive, and would learn that it is not
		object path = p->wide(*p->file, -1);
		p->set(p->importers, path, p->none);
		p->release(path);
	}
	// The zygote's own __main__ is beyond the collector's reach.
	object main = p->module("__main__"), space = p->module_dict(main);
	set(p, space, p->annotations, p->dict());
	p->update(space, p->main_template);
	set(p, p->modules, p->main, main);
	// Cold, what there is by now is in the second generation, and with it goes
	// the order in which destructors are called.
	p->call_one(p->collect, p->generations[0]);
	for (int i = 0; i < 3; i++)
		*p->counts[i] = p->usual_counts[i];
	ready();
}

// age has the collector come as often as it would have if so many objects had
// been made, as an import does: what it finds, it finds in another order when
// it comes at another time. A visit for what an earlier one has seen is left out.
void age(struct python *p, word n) {
	int done = -1;
	int *threshold = &p->counts[0][-1]; // 0: it never comes
	for (n += *p->counts[0]; *p->enabled && *threshold && n > (word)*threshold; n -= *threshold + 1) {
		int g = 2;
		while (g > 0 && *p->counts[g] <= p->counts[g][-1])
			g--;
		if (g > done)
			p->call_one(p->collect, p->generations[done = g]);
		else {
			if (g < 2)
				++*p->counts[g + 1];
			for (int i = 0; i <= g; i++)
				*p->counts[i] = 0;
		}
	}
	*p->counts[0] = n;
}

static int type_is(object o, object type) { return ((object *)o)[1] == type; }

static word unusual(struct python *p) {
	p->clear_error();
	return 0;
}

// leave prepares the end of a program that did nothing unusual, and returns 0
// for one that did.
word leave(struct python *p) {
	object main = p->get(p->modules, p->main);
	if (p->get(p->modules, p->signal) || ((word *)p->modules)[2] != p->usual_modules ||
	    p->call_none(p->threading_count) != p->generations[0] || changed(p->watched, p->n_watched + p->n_streams) >= 0 ||
	    p->attribute(p->out, p->closed) != p->false_ || p->attribute(p->err, p->closed) != p->false_ ||
	    !main || !type_is(main, p->module_type))
		return unusual(p);
	object space = p->module_dict(main), loader = p->get(space, p->loader);
	if (!loader || !type_is(loader, p->loader_type))
		return unusual(p);
	// Others may have the loader; nobody has this one but the dictionary.
	object name = p->attribute(loader, p->loader_name), path = p->attribute(loader, p->loader_path);
	object witness = p->generic_new(p->loader_type, 0, 0);
	object references[] = {p->weak_reference(main, 0), witness ? p->weak_reference(witness, 0) : 0};
	if (!name || !path || !references[0] || !references[1] || p->set_attribute(witness, p->loader_name, name) < 0 ||
	    p->set_attribute(witness, p->loader_path, path) < 0)
		return unusual(p);
	p->clear[0].args[0] = references[0] + 16;
	p->clear[4].args[0] = references[1] + 16;
	for (int i = 1; i < 4; i++) {
		p->clear[i].args[0] = main;
		p->clear[4 + i].args[0] = space;
	}
	set(p, space, p->loader, witness);
	*p->finalizing = p->state;
	p->usual = changed(p->exits, p->n_exits) < 0; // the program has registered nothing
	return 1;
}

// What stands in the place of Py_RunMain until there is a program.
struct server {
	struct child child;
	struct python *python;
	long (*run_main)(void);
	unsigned char saved[32]; // what was there
	word size;
	object settle;
	struct message *program; // of the rehearsal
	struct area {
		word start, end;
	} *areas; // of memory that can be written to
	word n_areas;
	struct pages *shared; // with the rehearsal, and with nobody else: it is gone before the first fork
	struct pages *hot;
};

// wait_for_program does what can be done before there is one.
static void wait_for_program(struct server *s) {
	enum { SECOND = 100 };
	for (word i = 0; i < s->hot->n; i++) {
		volatile char *page = (volatile char *)s->hot->list[i];
		*page = *page;
	}
	receive(&s->child, SECOND);
}

// survey is the end of a rehearsal: it notes which pages are this process's own.
static void survey(struct server *s) {
	const word PRESENT = 1ul << 63, EXCLUSIVE = 1ul << 56, FILE = 1ul << 61;
	struct pages *hot = s->shared;
	static const char pagemap[] = "/proc/self/pagemap";
	long fd = call(SYS_open, (word)pagemap, 0, 0, 0, 0);
	word entries[64];
	for (word a = 0; a < s->n_areas && fd >= 0; a++)
		for (word at = s->areas[a].start; at < s->areas[a].end; at += sizeof entries / 8 * 4096) {
			long got = call(SYS_pread64, fd, (word)entries, sizeof entries, at / 4096 * 8, 0);
			for (long i = 0; i < got / 8; i++) {
				word page = at + i * 4096;
				if (page >= s->areas[a].end || (entries[i] & (PRESENT | EXCLUSIVE | FILE)) != (PRESENT | EXCLUSIVE))
					continue;
				if (hot->n < sizeof hot->list / sizeof hot->list[0])
					hot->list[hot->n++] = page;
			}
		}
	call(SYS_exit_group, 0, 0, 0, 0, 0);
}

// rehearse has a child run a small program to its end. What it does not survive
// costs nothing but the gain. Pages that only it had are left out: here, where
// nothing is allocated any more, the others stay.
static long rehearse(struct server *s) {
	enum { SIGKILL = 9, SIGCHLD = 17, PR_SET_PDEATHSIG = 1 };
	long pid = call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid != 0) {
		call(SYS_wait4, pid, 0, 0, 0, 0);
		struct pages *hot = s->hot, *shown = s->shared;
		for (word i = 0; i < shown->n; i++) {
			unsigned char resident;
			if (call(SYS_mincore, shown->list[i], 4096, (word)&resident, 0, 0) == 0)
				hot->list[hot->n++] = shown->list[i];
		}
		// What programs could write to would be a way from one run to the next.
		call(SYS_munmap, (word)shown, sizeof *shown, 0, 0, 0);
		return 0;
	}
	call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); // should it hang, and its zygote be ended for that
	static const char nowhere[] = "/dev/null"; // what it says is not what a zygote has to say
	long fd = call(SYS_open, (word)nowhere, 1, 0, 0, 0);
	call(SYS_dup2, fd, 1, 0, 0, 0);
	call(SYS_close, fd, 0, 0, 0, 0);
	s->python->rehearsal = s;
	become(s->python, s->program);
	return 1;
}

// serve is the zygote: it forks a child for each message, which is a byte with
// the child's descriptors, and answers with the pid. A child goes on to
// Py_RunMain, and so does what CPython does for any program.
long serve(struct server *s) {
	rewrite(s->run_main, s->saved, s->size);
	if (!s->python->call_none(s->settle))
		call(SYS_exit_group, 1, 0, 0, 0, 0);
	if (rehearse(s))
		return s->run_main();
	static const char is_ready[] = "ready";
	call(SYS_write, LINE, (word)is_ready, 5, 0, 0);
	for (;;) {
		unsigned char byte;
		struct { void *base; word size; } part = {&byte, 1};
		struct { word size; int level, type; int fds[6]; } control;
		struct { void *name; word name_size; void *parts; word n; void *control; word control_size; word flags; } header =
			{0, 0, &part, 1, &control, sizeof control, 0};
		if (call(SYS_recvmsg, LINE, (word)&header, 0, 0, 0) <= 0)
			call(SYS_exit_group, 0, 0, 0, 0, 0); // nobody is there any more
		struct child *c = &s->child;
		c->n = header.control_size < 16 ? 0 : (control.size - 16) / 4;
		if (c->n > sizeof c->fds / sizeof c->fds[0])
			call(SYS_exit_group, 1, 0, 0, 0, 0); // this is not our server
		for (word i = 0; i < c->n; i++)
			c->fds[i] = control.fds[i];
		long pid = fork_child(c);
		if (pid == 0)
			break;
		for (word i = 0; i < c->n; i++)
			call(SYS_close, c->fds[i], 0, 0, 0, 0);
		call(SYS_write, LINE, (word)&pid, sizeof pid, 0, 0);
	}
	wait_for_program(s);
	become(s->python, s->child.message);
	return s->run_main();
}

// The garbage collector's methods, and what stands there until one is called.
struct collector {
	word used, n;
	object (*unfreeze)(object, object);
	word (*interpreter)(void), main;
	struct method {
		word *at, function;
		struct collector *all;
	} methods[];
};

__attribute__((used)) static void use(struct collector *c) {
	c->used = 1;
	if (c->interpreter() != c->main)
		return; // it has a heap of its own, with nothing frozen in it
	for (word i = 0; i < c->n; i++)
		*c->methods[i].at = c->methods[i].function;
	c->unfreeze(0, 0);
}

// collector stands in the place of a method, which it goes on with. That is in
// r11, where no argument is.
void collector(void);
__asm__(".text\n"
	"collector: push %rdi; push %rsi; push %rdx; push %rcx; push %r8; push %r11; sub $8, %rsp\n"
	"mov 16(%r11), %rdi; call use\n"
	"add $8, %rsp; pop %r11; pop %r8; pop %rcx; pop %rdx; pop %rsi; pop %rdi; jmp *8(%r11)\n");

static void random(void *at, word size) {
	enum { EINTR = 4 };
	while (size > 0) {
		long n = call(SYS_getrandom, (word)at, size, 0, 0, 0);
		if (n < 0 && n != -EINTR)
			call(SYS_exit_group, 1, 0, 0, 0, 0);
		if (n > 0) {
			at = (char *)at + n;
			size -= n;
		}
	}
}

typedef unsigned int word32;

// A Mersenne Twister. One bit of the first word is all that is used of it, and
// is set: a state of zeros would stay one.
enum { TWISTER = 624, FIRST = 1u << 31 };

struct random {
	word32 index, state[TWISTER];
};

// seed_random seeds a random.Random. CPython takes as many random numbers as the
// state has, and mixes them; they are no less random without that.
word seed_random(struct random *r) {
	random(r->state, sizeof r->state);
	r->state[0] = FIRST;
	r->index = TWISTER;
	return 1;
}

static word32 scatter(word32 value, word32 *constant, word32 factor) {
	value ^= *constant;
	*constant *= factor;
	value *= *constant;
	return value ^ value >> 16;
}

struct random_state {
	struct {
		word32 state[TWISTER], index;
	} *twister;
	word32 *digits, *pool;
};

// seed_numpy seeds a RandomState as numpy does: from a number of 128 random bits
// comes the pool of a SeedSequence, and from that the state.
word seed_numpy(struct random_state *n) {
	enum { POOL = 4, DIGIT = 30, DIGITS = 5 };
	const word32 A = 0x43b0d7e5, TIMES_A = 0x931e8875, B = 0x8b51f9dd, TIMES_B = 0x58f38ded, LEFT = 0xca01f9dd, RIGHT = 0x4973f715;
	word32 entropy[POOL], constant = A;
	do
		random(entropy, sizeof entropy);
	while (entropy[POOL - 1] >> (DIGIT * (DIGITS - 1) - 32 * (POOL - 1)) == 0); // the number keeps its length
	unsigned __int128 number = 0;
	for (int i = POOL; i-- > 0;)
		number = number << 32 | entropy[i];
	for (int i = 0; i < DIGITS; i++, number >>= DIGIT)
		n->digits[i] = number & ((1u << DIGIT) - 1);
	for (int i = 0; i < POOL; i++)
		n->pool[i] = scatter(entropy[i], &constant, TIMES_A);
	for (int from = 0; from < POOL; from++)
		for (int to = 0; to < POOL; to++)
			if (from != to) {
				word32 mixed = LEFT * n->pool[to] - RIGHT * scatter(n->pool[from], &constant, TIMES_A);
				n->pool[to] = mixed ^ mixed >> 16;
			}
	constant = B;
	for (int i = 0; i < TWISTER; i++)
		n->twister->state[i] = scatter(n->pool[i % POOL], &constant, TIMES_B);
	n->twister->state[0] = FIRST;
	n->twister->index = TWISTER - 1;
	return 1;
}

// A part of memory that has a new place, which becomes the old one.
struct part {
	word at, size, rights, place;
};

// move gives parts of memory other pages, with the same in them. Nothing else
// runs meanwhile that could write to one.
void move(struct part *p, word n) {
	enum { MAYMOVE_FIXED = 3 };
	for (; n > 0; n--, p++) {
		for (word i = 0; i < p->size / sizeof i; i++)
			((word *)p->place)[i] = ((word *)p->at)[i];
		if (call(SYS_mprotect, p->place, p->size, p->rights, 0, 0) == 0)
			call(SYS_mremap, p->place, p->size, p->size, MAYMOVE_FIXED, p->at);
	}
}

// entries is where native.py finds the functions: how far from the start.
__asm__(".section .entries,\"a\"\n.quad serve, run_list, changed, leave, quit, move, seed_random, seed_numpy, collector, age\n.text");
