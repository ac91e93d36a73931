package shim

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

// configs are what a shim may be told, from nothing to too much.
func configs() map[string]Config {
	return map[string]Config{
		"nothing": {},
		"ordinary": {
			Layers: OnNoNewPrivs | OnRlimits | OnLandlock | OnSeccomp, UID: 1_900_000_001, GID: 1_900_000_001, Parent: 1, Nice: 10, Capabilities: 1 << 7, Line: 4,
			Dir:     "/tmp/executor-1/a",
			Rlimits: []Rlimit{{Resource: syscall.RLIMIT_CPU, Soft: 1, Hard: 2}, {Resource: syscall.RLIMIT_CORE}},
			Landlock: Ruleset{HandledFS: 0xffff, HandledNet: 3, Scoped: 3, Rules: []Rule{
				{Path: "/usr", Access: 13}, {Path: "/dev/null", Access: 6},
			}},
			Filter: []byte{6, 0, 0, 0, 0, 0, 0xff, 0x7f},
			Path:   "/usr/bin/python3", Args: []string{"/usr/bin/python3", "main.py"}, Env: []string{"PATH=/bin", "A=b=c"},
		},
		"extremes": {
			Layers: math.MaxUint32, UID: math.MaxInt, GID: math.MinInt, Parent: -1, Nice: -20, Capabilities: math.MaxUint64, Line: -1,
			Rlimits:  []Rlimit{{Resource: -1, Soft: math.MaxUint64, Hard: math.MaxUint64}},
			Landlock: Ruleset{HandledFS: math.MaxUint64, HandledNet: math.MaxUint64, Scoped: math.MaxUint64, Rules: []Rule{{Access: math.MaxUint64}}},
		},
		"any bytes are a string": {
			Dir: "\x00\xff\n", Path: strings.Repeat("/x", 5000), Args: []string{"", "\x00", "ü", strings.Repeat("y", 1<<16)}, Env: []string{"", ""},
		},
	}
}

// same compares configurations; no list and an empty one are the same.
func same(a, b *Config) bool { return reflect.DeepEqual(tidy(*a), tidy(*b)) }

func tidy(c Config) Config {
	if len(c.Rlimits) == 0 {
		c.Rlimits = nil
	}
	if len(c.Landlock.Rules) == 0 {
		c.Landlock.Rules = nil
	}
	if len(c.Filter) == 0 {
		c.Filter = nil
	}
	if len(c.Args) == 0 {
		c.Args = nil
	}
	if len(c.Env) == 0 {
		c.Env = nil
	}
	return c
}

func TestConfigRoundTrip(t *testing.T) {
	t.Parallel()
	for name, c := range configs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := c.Encode()
			if n := get(b); n != uint64(len(b)-8) {
				t.Errorf("the length in front is %d, of %d bytes behind it", n, len(b)-8)
			}
			got, err := decode(b[8:])
			if err != nil {
				t.Fatal(err)
			}
			if !same(got, &c) {
				t.Errorf("got %+v, want %+v", got, c)
			}
		})
	}
}

// A field that Encode forgets would be the zero value in every shim, and no
// other test here might notice.
func TestConfigHasNoForgottenField(t *testing.T) {
	t.Parallel()
	c := reflect.ValueOf(configs()["ordinary"])
	for i := range c.NumField() {
		if c.Field(i).IsZero() {
			t.Errorf("%s is zero in the configuration that the round trip is tried with", c.Type().Field(i).Name)
		}
	}
}

func TestConfigCutShort(t *testing.T) {
	t.Parallel()
	c := configs()["ordinary"]
	whole := c.Encode()[8:]
	for n := range whole {
		if got, err := decode(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes: %+v, want an error", n, len(whole), got)
		}
	}
	if _, err := decode(append(bytes.Clone(whole), 0)); err == nil {
		t.Error("a byte too many: want an error")
	}
}

// A length that is not true must not become an allocation.
func TestConfigWithFalseLengths(t *testing.T) { // not parallel: it looks at the memory of the process
	var e encoder
	e.num(0, 0, 0, 0, 0, 0, 0)
	beforeDir := len(e.buf)
	e.str("d")
	beforeRlimits := len(e.buf)
	e.num(0)
	e.num(0, 0, 0)
	beforeRules := len(e.buf)
	e.num(0)
	beforeFilter := len(e.buf)
	e.str("")
	beforePath := len(e.buf)
	e.str("")
	beforeArgs := len(e.buf)
	e.strs(nil)
	beforeEnv := len(e.buf)
	e.strs(nil)
	if _, err := decode(e.buf); err != nil {
		t.Fatal("the configuration that is going to be spoilt: ", err)
	}
	for what, at := range map[string]int{
		"dir": beforeDir, "rlimits": beforeRlimits, "rules": beforeRules, "filter": beforeFilter, "path": beforePath,
		"args": beforeArgs, "env": beforeEnv,
	} {
		left := uint64(len(e.buf) - at - 8)
		for _, n := range []uint64{left + 1, 1 << 20, 1 << 31, 1 << 32, 1 << 40, 1 << 60, 1 << 61, 1<<63 - 1, 1 << 63, math.MaxUint64} {
			t.Run(fmt.Sprintf("%s of %#x", what, n), func(t *testing.T) {
				b := bytes.Clone(e.buf)
				put(b[at:], n)
				var err error
				grown := allocated(func() { _, err = decode(b) })
				if err == nil {
					t.Error("want an error")
				}
				if grown > 1<<20 {
					t.Errorf("%d bytes were allocated for %d", grown, len(b))
				}
			})
		}
	}
}

func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzDecode(f *testing.F) {
	for _, c := range configs() {
		b := c.Encode()[8:]
		if len(b) > 4096 {
			continue // long inputs only slow the search down
		}
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := decode(b)
		if err != nil {
			if c != nil {
				t.Error("a configuration and an error")
			}
			return
		}
		// Each element of a list takes at least eight bytes of the input.
		if n := len(c.Rlimits) + len(c.Landlock.Rules) + len(c.Args) + len(c.Env); n > len(b)/8 {
			t.Errorf("%d elements from %d bytes", n, len(b))
		}
		again, err := decode(c.Encode()[8:])
		if err != nil || !same(c, again) {
			t.Errorf("%+v became %+v, %v", c, again, err)
		}
	})
}

// pipeWith returns the reading end of a pipe that somebody writes to, in as
// many pieces as there are bytes.
func pipeWith(t *testing.T, content []byte) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	go func() {
		defer w.Close()
		one := iotest.OneByteReader(bytes.NewReader(content))
		var b [1]byte
		for {
			if _, err := one.Read(b[:]); err != nil {
				return
			}
			if _, err := w.Write(b[:]); err != nil {
				return
			}
		}
	}()
	return r
}

func TestReadConfig(t *testing.T) {
	t.Parallel()
	c := configs()["ordinary"]
	whole := c.Encode()
	for _, row := range []struct {
		name    string
		content []byte
		err     error
	}{
		{"whole", whole, nil},
		{"what follows is not read", append(bytes.Clone(whole), "more"...), nil},
		{"nothing", nil, errShort},
		{"half a length", whole[:4], errShort},
		{"only a length", whole[:8], errShort},
		{"one byte less", whole[:len(whole)-1], errShort},
		{"a length of nothing", make([]byte, 8), errShort},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := readConfig(int(pipeWith(t, row.content).Fd()))
			if !errors.Is(err, row.err) {
				t.Fatalf("%v, want %v", err, row.err)
			}
			if err == nil && !same(got, &c) {
				t.Errorf("got %+v, want %+v", got, c)
			}
		})
	}
	t.Run("no descriptor", func(t *testing.T) {
		t.Parallel()
		if _, err := readConfig(-1); !errors.Is(err, syscall.EBADF) {
			t.Errorf("%v, want EBADF", err)
		}
	})
}

func TestParseMessage(t *testing.T) {
	t.Parallel()
	b := []byte{Ready, 1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0}
	if len(b) != MessageSize {
		t.Fatalf("a message has %d bytes", MessageSize)
	}
	what, numbers := ParseMessage(b)
	if what != Ready || numbers != [3]uint64{0x0807060504030201, 0x80000000000000ff, 1} {
		t.Errorf("got %#x, %#x", what, numbers)
	}
}

func TestGuardianConfig(t *testing.T) {
	t.Parallel()
	b := GuardianConfig(10_000, 4096, 14_095)
	if len(b) != 24 || get(b) != 10_000 || get(b[8:]) != 4096 || get(b[16:]) != 14_095 {
		t.Errorf("got %v", b)
	}
}

func TestItoa(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 9, 10, 19, 99, 100, 1000, 1234567890} {
		if got, want := itoa(n), fmt.Sprint(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The order of the layers is policy: each of these pairs has a reason that is
// written beside the list.
func TestOrderOfLayers(t *testing.T) {
	t.Parallel()
	at := map[string]int{}
	for i := range layers {
		if _, twice := at[layers[i].name]; twice {
			t.Errorf("two layers are called %q: a failure would not say which", layers[i].name)
		}
		at[layers[i].name] = i
	}
	for _, pair := range [][2]string{
		{"close_fds", "uid"},
		{"priority", "uid"},
		{"rlimits", "uid"},
		{"uid", "parent_death"},
		{"uid", "directory"},
		{"uid", "landlock"},
		{"uid", "seccomp"},
		{"no_new_privs", "landlock"},
		{"no_new_privs", "seccomp"},
		{"directory", "landlock"},
		{"landlock", "seccomp"},
		{"signals", "seccomp"},
		{"seccomp", "exec"},
	} {
		first, ok1 := at[pair[0]]
		second, ok2 := at[pair[1]]
		if !ok1 || !ok2 || first >= second {
			t.Errorf("%s must come before %s", pair[0], pair[1])
		}
	}
	if last := len(layers) - 1; at["exec"] != last || at["seccomp"] != last-1 {
		t.Error("nothing may come between the system call filter and exec, nor after exec")
	}
	for _, name := range []string{"close_fds", "uid", "parent_death", "directory", "signals", "exec"} {
		if layers[at[name]].bit != 0 {
			t.Errorf("%s can be switched off", name)
		}
	}
}

func TestLayerName(t *testing.T) {
	t.Parallel()
	for i, want := range map[int]string{-1: "configuration", len(layers): "configuration", Ready: "configuration", 0: "close_fds", len(layers) - 1: "exec"} {
		if got := LayerName(i); got != want {
			t.Errorf("%d is %q, want %q", i, got, want)
		}
	}
	if len(layers) >= Ready {
		t.Error("a layer's number could be taken for Ready")
	}
}
