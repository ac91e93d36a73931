package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"aca-executor/sandbox/internal/proc"
)

// uidRange is the uids (and gids, of the same numbers) that one server gives
// to its runs. The last of them is nobody's: see spare.
type uidRange struct{ first, count int }

func (r uidRange) has(id int) bool { return id >= r.first && id < r.first+r.count }

// spare is the id that no process has and that the server borrows: as a group,
// to let a run's uid make its own directory; as a real uid, to be unreachable
// while it has a run's effective uid.
func (r uidRange) spare() int { return r.first + r.count - 1 }

func (r uidRange) String() string { return fmt.Sprintf("%d-%d", r.first, r.first+r.count-1) }

// runs are the uids for runs.
func (r uidRange) runs() []int {
	ids := make([]int, 0, r.count-1)
	for id := r.first; id < r.spare(); id++ {
		ids = append(ids, id)
	}
	return ids
}

const (
	defaultUIDs = 4096
	lowestUID   = 10_000    // below live the system's own users
	highestUID  = 1<<31 - 2 // above, programs begin to see negative numbers
	rangeTries  = 1000      // a crowded map is not worth more
	nobody      = 65534     // the overflow uid: files of unmapped owners seem to be its
)

// chooseUIDs picks a random range. Uids, and the number of processes that each
// has, are host-wide where containers share a user namespace, so replicas on
// one host must not meet: hence random, and not the same first uid everywhere.
func chooseUIDs(count int) (uidRange, error) {
	uidMap, err := readIDMap("/proc/self/uid_map")
	if err != nil {
		return uidRange{}, err
	}
	gidMap, err := readIDMap("/proc/self/gid_map")
	if err != nil {
		return uidRange{}, err
	}
	taken := map[int]bool{nobody: true}
	for _, path := range []string{"/etc/passwd", "/etc/group"} {
		for _, id := range idsOf(path) {
			taken[id] = true
		}
	}
	for _, p := range proc.List() {
		taken[p.UID] = true
	}
	return pickRange(uidMap, gidMap, taken, count, rand.IntN)
}

var errNoUIDs = errors.New("the user namespace has no range of free uids")

// pickRange is the decision of chooseUIDs. A map too small for count ids gets
// a smaller range.
func pickRange(uidMap, gidMap []uidRange, taken map[int]bool, count int, intn func(int) int) (uidRange, error) {
	var windows []uidRange
	for _, u := range uidMap {
		for _, g := range gidMap {
			first := max(u.first, g.first, lowestUID)
			last := min(u.first+u.count, g.first+g.count, highestUID)
			if last-first >= 2 {
				windows = append(windows, uidRange{first, last - first})
			}
		}
	}
	for range rangeTries {
		if len(windows) == 0 {
			break
		}
		w := windows[intn(len(windows))]
		r := uidRange{count: min(count, w.count)}
		r.first = w.first + intn(w.count-r.count+1)
		if free(r, taken) {
			return r, nil
		}
	}
	return uidRange{}, errNoUIDs
}

func free(r uidRange, taken map[int]bool) bool {
	for id := range taken {
		if r.has(id) {
			return false
		}
	}
	return true
}

// readIDMap reads the ids that exist in this user namespace.
func readIDMap(path string) ([]uidRange, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []uidRange
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var inside, outside, count int
		if _, err := fmt.Sscan(lines.Text(), &inside, &outside, &count); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, uidRange{inside, count})
	}
	return list, nil
}

// idsOf returns the ids in a file such as /etc/passwd or /etc/group.
func idsOf(path string) (ids []int) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(line, ":")
		for _, i := range []int{2, 3} { // uid and gid in passwd; gid in group
			if i < len(fields) {
				if id, err := strconv.Atoi(fields[i]); err == nil {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}
