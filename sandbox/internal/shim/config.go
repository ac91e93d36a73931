package shim

import (
	"errors"
	"syscall"
)

// Config is all that a shim needs to know. It comes over a descriptor, never
// by the command line or the environment: those can be read in /proc, and a
// request's environment could steer the shim, which is a Go program.
type Config struct {
	Layers    uint32 // which of the optional layers to apply: the On... bits
	UID, GID  int
	Parent    int // the server's pid: the program must not outlive it
	Nice      int
	Dir       string
	Rlimits   []Rlimit
	Landlock  Ruleset
	Filter    []byte // assembled struct sock_filter array
	Path      string
	Args, Env []string

	// Capabilities are what the process keeps as root, which it then stays: a
	// bit for each. 0 is a program, which becomes UID and keeps none.
	Capabilities uint64
	// Line is a descriptor that exec leaves open; 0 is none.
	Line int
}

// The optional layers. The uid is not one of them.
const (
	OnNoNewPrivs uint32 = 1 << iota
	OnRlimits
	OnLandlock
	OnSeccomp
)

// Rlimit is one resource limit.
type Rlimit struct {
	Resource   int
	Soft, Hard uint64
}

// Ruleset is what Landlock shall deny by default, and the exceptions.
type Ruleset struct {
	HandledFS, HandledNet, Scoped uint64
	Rules                         []Rule
}

// Rule allows Access below Path.
type Rule struct {
	Path   string
	Access uint64
}

var errShort = errors.New("shim: configuration is cut short")

// Encode writes the configuration with its length in front.
func (c *Config) Encode() []byte {
	e := encoder{buf: make([]byte, 8, 4096+len(c.Filter))}
	e.num(uint64(c.Layers), uint64(c.UID), uint64(c.GID), uint64(c.Parent), uint64(c.Nice), c.Capabilities, uint64(c.Line))
	e.str(c.Dir)
	e.num(uint64(len(c.Rlimits)))
	for _, r := range c.Rlimits {
		e.num(uint64(r.Resource), r.Soft, r.Hard)
	}
	e.num(c.Landlock.HandledFS, c.Landlock.HandledNet, c.Landlock.Scoped, uint64(len(c.Landlock.Rules)))
	for _, r := range c.Landlock.Rules {
		e.str(r.Path)
		e.num(r.Access)
	}
	e.str(string(c.Filter))
	e.str(c.Path)
	e.strs(c.Args)
	e.strs(c.Env)
	put(e.buf, uint64(len(e.buf)-8))
	return e.buf
}

// decode reads what Encode wrote, without the length in front.
func decode(b []byte) (*Config, error) {
	d := decoder{buf: b}
	c := &Config{Layers: uint32(d.num()), UID: int(d.num()), GID: int(d.num()), Parent: int(d.num()), Nice: int(d.num())}
	c.Capabilities, c.Line = d.num(), int(d.num())
	c.Dir = d.str()
	c.Rlimits = make([]Rlimit, d.count(24))
	for i := range c.Rlimits {
		c.Rlimits[i] = Rlimit{int(d.num()), d.num(), d.num()}
	}
	c.Landlock = Ruleset{HandledFS: d.num(), HandledNet: d.num(), Scoped: d.num()}
	c.Landlock.Rules = make([]Rule, d.count(16))
	for i := range c.Landlock.Rules {
		c.Landlock.Rules[i] = Rule{d.str(), d.num()}
	}
	c.Filter = []byte(d.str())
	c.Path = d.str()
	c.Args = d.strs()
	c.Env = d.strs()
	if d.short || len(d.buf) != 0 {
		return nil, errShort
	}
	return c, nil
}

// readConfig reads one configuration from the descriptor.
func readConfig(fd int) (*Config, error) {
	var head [8]byte
	if err := readFull(fd, head[:]); err != nil {
		return nil, err
	}
	body := make([]byte, get(head[:]))
	if err := readFull(fd, body); err != nil {
		return nil, err
	}
	return decode(body)
}

func readFull(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := syscall.Read(fd, b)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return err
		case n == 0:
			return errShort
		default:
			b = b[n:]
		}
	}
	return nil
}

// The encoding is eight bytes for a number, little-endian, and length and
// bytes for a string. encoding/binary would bring reflect and its friends, and
// their initialisation, in front of the shim.

type encoder struct{ buf []byte }

func (e *encoder) num(vs ...uint64) {
	for _, v := range vs {
		n := len(e.buf)
		e.buf = append(e.buf, 0, 0, 0, 0, 0, 0, 0, 0)
		put(e.buf[n:], v)
	}
}

func (e *encoder) str(s string) {
	e.num(uint64(len(s)))
	e.buf = append(e.buf, s...)
}

func (e *encoder) strs(ss []string) {
	e.num(uint64(len(ss)))
	for _, s := range ss {
		e.str(s)
	}
}

type decoder struct {
	buf   []byte
	short bool
}

func (d *decoder) num() uint64 {
	if len(d.buf) < 8 {
		d.short, d.buf = true, nil
		return 0
	}
	v := get(d.buf)
	d.buf = d.buf[8:]
	return v
}

// count reads the length of a list whose elements take at least size bytes.
func (d *decoder) count(size uint64) int {
	n := d.num()
	if n > uint64(len(d.buf))/size {
		d.short, d.buf = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) str() string {
	n := d.count(1)
	s := string(d.buf[:n])
	d.buf = d.buf[n:]
	return s
}

func (d *decoder) strs() []string {
	ss := make([]string, d.count(8))
	for i := range ss {
		ss[i] = d.str()
	}
	return ss
}

func put(b []byte, v uint64) {
	for i := range 8 {
		b[i] = byte(v >> (8 * i))
	}
}

func get(b []byte) (v uint64) {
	for i := range 8 {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}
