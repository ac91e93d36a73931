package sandbox

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestPause(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, row := range []struct {
		name              string
		every, cost, want time.Duration
	}{
		{"a look that cost nothing", 4 * ms, 0, 4 * ms},
		{"a cheap look", 4 * ms, 50 * time.Microsecond, 4 * ms},
		{"a look of a tenth", 4 * ms, 400 * time.Microsecond, 4 * ms},
		{"a look of more than a tenth", 4 * ms, 401 * time.Microsecond, 4010 * time.Microsecond},
		{"a dear look", 25 * ms, 10 * ms, 100 * ms},
		{"a look that took for ever still comes back", 25 * ms, time.Hour, maxPause},
		{"right at the most", 4 * ms, maxPause / costFactor, maxPause},
		{"a clock that went backwards", 4 * ms, -time.Second, 4 * ms},
		{"never longer than the most", time.Second, 0, maxPause},
	} {
		if got := pause(row.every, row.cost); got != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}

func TestTimeToFill(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		room int64
		want time.Duration
	}{
		{"no room", 0, 0},
		{"less than a millisecond's", 10<<20 - 1, 0},
		{"a millisecond's", 10 << 20, time.Millisecond},
		{"64 MiB", 64 << 20, 6 * time.Millisecond},
		{"plenty: look as often as at files all the same", 1 << 40, filesEvery},
	} {
		if got := timeToFill(row.room); got != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
	// Over the limit the next look is due at once.
	for _, room := range []int64{-1, -(10 << 20), -(1 << 40)} {
		if got := timeToFill(room); got > 0 {
			t.Errorf("%d bytes of room: %v", room, got)
		}
	}
}

// unitWatch is a run that has so much, and what it was ended for.
func unitWatch(memory, disk int64) (w *watch, ended *error) {
	ended = new(error)
	w = &watch{end: func(cause error) { *ended = cause }}
	w.memory.Store(memory)
	w.disk.Store(disk)
	w.pids.Store(&[]int{})
	return w, ended
}

func TestLargest(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for _, row := range []struct {
		name  string
		sizes []int64
		want  int // index; -1 is none
	}{
		{"no runs", nil, -1},
		{"one", []int64{100 * mb}, 0},
		{"the first", []int64{100 * mb, 50 * mb, 40 * mb}, 0},
		{"the last", []int64{40 * mb, 50 * mb, 100 * mb}, 2},
		{"the one in the middle", []int64{40 * mb, 100 * mb, 50 * mb}, 1},
		{"of equals one", []int64{50 * mb, 50 * mb}, 0},
		{"none that is worth it: somebody else is to blame", []int64{worthEnding - 1, mb, 0}, -1},
		{"just worth it", []int64{mb, worthEnding}, 1},
		{"a figure that went wrong", []int64{-1, math.MinInt64}, -1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var runs []*watch
			var want *watch
			for i, size := range row.sizes {
				w, _ := unitWatch(size, 0)
				runs = append(runs, w)
				if i == row.want {
					want = w
				}
			}
			if got := largest(runs, (*watch).allMemory, worthEnding); got != want {
				t.Errorf("%p of %p, want %p", got, runs, want)
			}
		})
	}
}

// Memory that is hidden behind mappings is in no other figure.
func TestMappings(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, line string
		want       mappings
	}{
		{"a library", "7f0000000000-7f0000001000 r-xp 00000000 fe:00 123 /usr/lib/libc.so.6\n", mappings{}},
		{"memory of its own", "7f0000000000-7f0000100000 rw-p 00000000 00:00 0 \n", mappings{}},
		{"shared memory", "7f0000000000-7f0000100000 rw-s 00000000 00:01 15 /dev/zero (deleted)\n", mappings{1, 1 << 20}},
		{"a deleted file, as a copy", "7f0000000000-7f0000001000 r--p 00000000 fe:00 15 /tmp/x (deleted)\n", mappings{1, 0}},
		{"a deleted file", "7f0000000000-7f0000002000 r--s 00000000 00:16 15 /dev/shm/a b (deleted)\n", mappings{1, 8192}},
		{"a name that only looks like one", "7f0000000000-7f0000002000 rw-s 00000000 00:16 15 /dev/shm/(deleted)\n", mappings{}},
		{"cut short", "7f00000", mappings{}},
		{"no numbers", "x-y rw-s 00000000 00:01 15 /dev/zero (deleted)\n", mappings{1, 0}},
	} {
		var got mappings
		got.add([]byte(row.line))
		got.add([]byte(row.line))
		if want := (mappings{2 * row.want.files, 2 * row.want.bytes}); got != want {
			t.Errorf("%s, twice: %+v, want %+v", row.name, got, want)
		}
	}
}

// When the machine runs low the largest run is ended, for what it has too much
// of, and nobody else.
func TestLastLine(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for _, row := range []struct {
		name string
		left reserve
		want [3]error
	}{
		{"enough of everything", reserve{}, [3]error{}},
		{"memory", reserve{memoryLow: true}, [3]error{1: limitError(Memory)}},
		{"disk", reserve{diskLow: true}, [3]error{2: limitError(Disk)}},
		{"both", reserve{memoryLow: true, diskLow: true}, [3]error{1: limitError(Memory), 2: limitError(Disk)}},
		{"shared memory, of which the first has most", reserve{sharedLow: true}, [3]error{0: limitError(Memory)}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := &watchdog{system: func() reserve { return row.left }}
			var runs []*watch
			var ended [3]*error
			for i, has := range [][2]int64{{60 * mb, 60 * mb}, {90 * mb, 0}, {0, 90 * mb}} {
				w, why := unitWatch(has[0], has[1])
				w.files.Store(int64([]int64{9, 5, 1}[i] * mb))
				runs, ended[i] = append(runs, w), why
			}
			d.lastLine(runs)
			for i, want := range row.want {
				if *ended[i] != want {
					t.Errorf("run %d was ended for %v, want %v", i, *ended[i], want)
				}
			}
		})
	}
}

func TestMemoryLow(t *testing.T) {
	t.Parallel()
	const mb, gb = 1 << 20, 1 << 30
	for _, row := range []struct {
		memory, available int64
		low               bool
	}{
		{16 * gb, 8 * gb, false},
		{16 * gb, 256 * mb, false}, // a large machine keeps 256 MiB
		{16 * gb, 256*mb - 1, true},
		{2 * gb, 2 * gb / 20, false}, // one of middle size a twentieth
		{2 * gb, 2*gb/20 - 1, true},
		{256 * mb, 32 * mb, false}, // a small one 32 MiB
		{256 * mb, 32*mb - 1, true},
		{2 * gb, 0, true},
		{2 * gb, -5, true}, // a cgroup that uses more than its limit
		{0, 0, false},      // nothing is known
	} {
		t.Run(fmt.Sprintf("%d of %d MiB", row.available>>20, row.memory>>20), func(t *testing.T) {
			t.Parallel()
			if got := memoryLow(Machine{Memory: row.memory, Available: row.available}); got != row.low {
				t.Errorf("%v, want %v", got, row.low)
			}
		})
	}
}

// Two looks run at once, and the peak is the highest that either saw.
func TestPeakIsTheHighest(t *testing.T) {
	t.Parallel()
	w := &watch{}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 1000 {
				w.saw(int64((i*7919 + g*31) % 5000))
			}
		})
	}
	wg.Wait()
	var want int64
	for g := range 8 {
		for i := range 1000 {
			want = max(want, int64((i*7919+g*31)%5000))
		}
	}
	if got := w.peak.Load(); got != want {
		t.Errorf("%d, want %d", got, want)
	}
	w.saw(1)
	if w.memory.Load() != 1 || w.peak.Load() != want {
		t.Errorf("now %d, at the most %d", w.memory.Load(), w.peak.Load())
	}
}

// Where work directories are in memory, what is deleted in them counts as what is not:
// towards the disk limit.
func TestDeletedFilesWhereTheDiskIsMemory(t *testing.T) {
	need(t, python)
	dir, err := os.MkdirTemp(shmDir, "test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	if !inMemory(dir) {
		t.Fatalf("%s is not in memory", dir)
	}
	s := open(t, Options{Dir: dir})
	l := testLimits()
	lessDisk(&l)
	r := runOne(t, s, job(python, `
import os, time
keep = []
for i in range(40):
    f = open("x", "wb"); os.unlink("x"); f.write(b"x" * (1 << 20)); f.flush(); keep.append(f)
time.sleep(5); print("broken")`, l))
	if r.Outcome != Disk {
		t.Error(describe(r))
	}
}

// What the kernel says of processes that it killed can be read where it has cgroups.
func TestKills(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events")
	for text, want := range map[string]int64{
		"low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 1\n": 2,
		"oom_kill_disable 0\nunder_oom 0\noom_kill 12\n":              12,
		"": 0,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := (&killer{f}).kills(); n != want {
			t.Errorf("%q: %d, want %d", text, n, want)
		}
		f.Close()
	}
	if n := (*killer)(nil).kills(); n != 0 {
		t.Error(n)
	}
}
