package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// unitDice gives the numbers in turn, and the last one again and again. It is
// as strict as the real one about what it is asked for.
func unitDice(t *testing.T, numbers ...int) func(int) int {
	return func(n int) int {
		t.Helper()
		if n <= 0 {
			t.Fatalf("one of %d numbers was asked for", n)
		}
		next := 0
		if len(numbers) > 0 {
			next = numbers[0]
		}
		if len(numbers) > 1 {
			numbers = numbers[1:]
		}
		return next % n
	}
}

func TestPickRange(t *testing.T) {
	t.Parallel()
	host := []uidRange{{0, 4294967295}}
	rootless := []uidRange{{0, 1}, {1, 65536}} // as podman maps them: 65534 is in it
	for _, row := range []struct {
		name       string
		uids, gids []uidRange
		taken      []int
		count      int
		dice       []int
		want       uidRange
		err        error
	}{
		{name: "the lowest of a host", uids: host, gids: host, count: 4096, want: uidRange{lowestUID, 4096}},
		{
			name: "the highest of a host", uids: host, gids: host, count: 4096,
			dice: []int{0, highestUID - lowestUID - 4096}, want: uidRange{highestUID - 4096, 4096},
		},
		{name: "the lowest of a rootless container", uids: rootless, gids: rootless, count: 4096, want: uidRange{lowestUID, 4096}},
		{
			name: "the highest of a rootless container has the overflow uid in it", uids: rootless, gids: rootless, taken: []int{nobody}, count: 4096,
			dice: []int{0, 65537 - lowestUID - 4096, 0, 7}, want: uidRange{lowestUID + 7, 4096},
		},
		{
			name: "taken at the start, at the end, then free", uids: host, gids: host, taken: []int{20_000, 30_009}, count: 10,
			dice: []int{0, 10_000, 0, 20_000, 0, 20_010}, want: uidRange{30_010, 10},
		},
		{name: "right behind what is taken", uids: host, gids: host, taken: []int{lowestUID}, count: 10, dice: []int{0, 0, 0, 1}, want: uidRange{lowestUID + 1, 10}},
		{
			name: "a small map gives a small range", uids: []uidRange{{0, 10_100}}, gids: host, count: 4096,
			want: uidRange{lowestUID, 100},
		},
		{
			name: "only what both maps have", uids: []uidRange{{0, 50_000}}, gids: []uidRange{{40_000, 100_000}}, count: 4096,
			dice: []int{0, 10_000 - 4096}, want: uidRange{50_000 - 4096, 4096},
		},
		{
			name: "one of several windows", uids: []uidRange{{0, 20_000}, {100_000, 5_000}}, gids: host, count: 1000,
			dice: []int{1, 3}, want: uidRange{100_003, 1000},
		},
		{name: "two ids are the least: a run's and the spare one", uids: []uidRange{{0, lowestUID + 2}}, gids: host, count: 4096, want: uidRange{lowestUID, 2}},
		{name: "one id is none", uids: []uidRange{{0, lowestUID + 1}}, gids: host, count: 4096, err: errNoUIDs},
		{name: "only the system's", uids: []uidRange{{0, 1}}, gids: []uidRange{{0, 1}}, count: 2, err: errNoUIDs},
		{name: "maps that do not meet", uids: []uidRange{{20_000, 10}}, gids: []uidRange{{20_010, 10}}, count: 2, err: errNoUIDs},
		{name: "no map", gids: host, count: 2, err: errNoUIDs},
		{name: "above what programs can bear", uids: []uidRange{{1 << 31, 1 << 20}}, gids: host, count: 2, err: errNoUIDs},
		{name: "everything is taken", uids: []uidRange{{lowestUID, 4}}, gids: host, taken: []int{lowestUID + 2}, count: 4, err: errNoUIDs},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			taken := map[int]bool{}
			for _, id := range row.taken {
				taken[id] = true
			}
			got, err := pickRange(row.uids, row.gids, taken, row.count, unitDice(t, row.dice...))
			if got != row.want || !errors.Is(err, row.err) {
				t.Errorf("%v, %v, want %v, %v", got, err, row.want, row.err)
			}
		})
	}
}

// Whatever the maps: the ids exist in both, nobody has them, and they are
// neither the system's nor so high that they look negative.
func TestPickRangeKeepsToTheRules(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		random := func() (list []uidRange) {
			for range 1 + rnd.IntN(3) {
				list = append(list, uidRange{rnd.IntN(70_000), 1 + rnd.IntN(60_000)})
			}
			return append(list, uidRange{rnd.IntN(highestUID), 1 + rnd.IntN(1<<31)})
		}
		uids, gids := random(), random()
		taken := map[int]bool{nobody: true}
		for range rnd.IntN(200) {
			taken[rnd.IntN(80_000)] = true
		}
		count := 2 + rnd.IntN(5000)
		r, err := pickRange(uids, gids, taken, count, rnd.IntN)
		if err != nil {
			continue
		}
		found++
		in := func(maps []uidRange, id int) bool {
			return slices.ContainsFunc(maps, func(m uidRange) bool { return m.has(id) })
		}
		if r.count < 2 || r.count > count {
			t.Fatalf("seed %d: %d ids, of %d", seed, r.count, count)
		}
		for id := r.first; id < r.first+r.count; id++ {
			if !in(uids, id) || !in(gids, id) || taken[id] || id < lowestUID || id > highestUID {
				t.Fatalf("seed %d: %d of %v is not to be had", seed, id, r)
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d of 500 maps had a range: nothing was tested", found)
	}
}

// Two replicas must not choose alike.
func TestChooseUIDsIsRandom(t *testing.T) {
	t.Parallel()
	a, err := chooseUIDs(64)
	if err != nil {
		t.Skip("this user namespace has no uids to give: ", err)
	}
	if a.count < 64 {
		t.Skipf("this user namespace has only %d uids", a.count)
	}
	for range 10 {
		b, err := chooseUIDs(64)
		if err != nil {
			t.Fatal(err)
		}
		if a != b {
			return
		}
	}
	t.Errorf("always %v", a)
}

func TestRunsAndSpare(t *testing.T) {
	t.Parallel()
	for _, r := range []uidRange{{lowestUID, 2}, {lowestUID, 3}, {1_900_000_000, 4096}} {
		t.Run(fmt.Sprint(r), func(t *testing.T) {
			t.Parallel()
			runs := r.runs()
			if len(runs) != r.count-1 {
				t.Errorf("%d of %d are for runs", len(runs), r.count)
			}
			if slices.Contains(runs, r.spare()) || r.spare() != r.first+r.count-1 {
				t.Errorf("the spare id is %d, which is not the last or is a run's", r.spare())
			}
			if !r.has(r.spare()) || r.has(r.first-1) || r.has(r.first+r.count) {
				t.Error("the range has not what it should, or more")
			}
			for i, id := range runs {
				if id != r.first+i || !r.has(id) {
					t.Errorf("run %d has %d", i, id)
				}
			}
		})
	}
	if got := (uidRange{10_000, 4096}).String(); got != "10000-14095" {
		t.Errorf("in text it is %q", got)
	}
}

func unitTextFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadIDMap(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       []uidRange
		fails      bool
	}{
		{name: "a host", text: "         0          0 4294967295\n", want: []uidRange{{0, 4294967295}}},
		{name: "a rootless container", text: "0 1000 1\n1 100000 65536\n", want: []uidRange{{0, 1}, {1, 65536}}},
		{name: "a namespace without a map yet", text: ""},
		{name: "nonsense", text: "0 x 1\n", fails: true},
		{name: "cut short", text: "0 1000\n", fails: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := readIDMap(unitTextFile(t, row.text))
			if !slices.Equal(got, row.want) || (err != nil) != row.fails {
				t.Errorf("%v, %v, want %v", got, err, row.want)
			}
		})
	}
	if _, err := readIDMap("/nonexistent"); err == nil {
		t.Error("no file: want an error")
	}
}

func TestIDsOf(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       []int
	}{
		{"passwd has uids and gids", "root:x:0:0:root:/root:/bin/sh\nme:x:1000:1001::/:/bin/sh\n", []int{0, 0, 1000, 1001}},
		{"group has gids, and members that are no ids", "adm:x:4:syslog,me\nme:x:1001:\n", []int{4, 1001}},
		{"NIS, comments and what is broken", "+::::::\n# x:y:z\n\nshort:x\nlong:x:99999999999999999999:1:\n", []int{1}},
		{"no end of line", "a:x:12:13", []int{12, 13}},
		{"nothing", "", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got := idsOf(unitTextFile(t, row.text)); !slices.Equal(got, row.want) {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
	if got := idsOf("/nonexistent"); got != nil {
		t.Errorf("of no file: %v", got)
	}
}
