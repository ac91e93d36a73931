package sandbox

import (
	"fmt"
	"math/bits"
	"strings"
)

// Layers is a set of the sandbox's layers. In text it is their names, with
// commas between them; "none" is the empty set.
type Layers uint32

const (
	UID        Layers = 1 << iota // a fresh uid for every run
	NoNewPrivs                    // setuid programs gain nothing
	Rlimits                       // processes, processor time, file size, open files, core dumps
	Landlock                      // which files can be reached at all
	Seccomp                       // which system calls can be made
	Watchdog                      // memory, disk and processor time of the whole run
	Sweep                         // what a run left in shared directories is removed

	// All is every layer there is.
	All = Sweep<<1 - 1
)

// layerNames are in the order of the bits, which is the order of isolation in
// every answer.
var layerNames = [...]string{"uid", "no_new_privs", "rlimits", "landlock", "seccomp", "watchdog", "sweep"}

// Has reports whether every layer of other is in the set.
func (l Layers) Has(other Layers) bool { return l&other == other }

// Names lists the layers of the set.
func (l Layers) Names() []string {
	names := make([]string, 0, bits.OnesCount32(uint32(l)))
	for i, name := range layerNames {
		if l&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

func (l Layers) String() string {
	if l == 0 {
		return "none"
	}
	return strings.Join(l.Names(), ",")
}

// UnmarshalText reads what String writes.
func (l *Layers) UnmarshalText(text []byte) error {
	*l = 0
	if s := strings.TrimSpace(string(text)); s == "" || s == "none" {
		return nil
	}
next:
	for _, name := range strings.Split(string(text), ",") {
		name = strings.TrimSpace(name)
		for i, known := range layerNames {
			if name == known {
				*l |= 1 << i
				continue next
			}
		}
		return fmt.Errorf("no layer %q: there are %s, or none", name, strings.Join(layerNames[:], ", "))
	}
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (l Layers) MarshalText() ([]byte, error) { return []byte(l.String()), nil }
