package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/shim"
)

// unitNewestABI is one that no row knows of yet.
const unitNewestABI = len(landlockABIs) + 2

// What an ABI can restrict, as the kernel's documentation has it, in numbers:
// the constants could be wrong together.
func TestHandled(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		abi  int
		want landlockABI
	}{
		{0, landlockABI{}},
		{1, landlockABI{fs: 1<<13 - 1}},
		{2, landlockABI{fs: 1<<14 - 1}},
		{3, landlockABI{fs: 1<<15 - 1}},
		{4, landlockABI{fs: 1<<15 - 1, net: 3}},
		{5, landlockABI{fs: 1<<16 - 1, net: 3}},
		{6, landlockABI{fs: 1<<16 - 1, net: 3, scoped: 3}},
		{7, landlockABI{fs: 1<<16 - 1, net: 3, scoped: 3}}, // logging only
		{100, landlockABI{fs: 1<<16 - 1, net: 3, scoped: 3}},
	} {
		if got := handled(row.abi); got != row.want {
			t.Errorf("ABI %d: %+v, want %+v", row.abi, got, row.want)
		}
	}
}

func TestHandledOnlyGrows(t *testing.T) {
	t.Parallel()
	for abi := range unitNewestABI {
		old, next := handled(abi), handled(abi+1)
		if old.fs&^next.fs != 0 || old.net&^next.net != 0 || old.scoped&^next.scoped != 0 {
			t.Errorf("ABI %d lost something that ABI %d had", abi+1, abi)
		}
	}
	if handled(abiScoped).scoped == 0 || handled(abiScoped-1).scoped != 0 {
		t.Errorf("ABI %d is not the first that has scopes", abiScoped)
	}
}

func unitIsDir(t *testing.T, path string) bool {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode()&os.ModeSymlink != 0 {
		t.Errorf("%s is a link: what it points to would be anybody's choice", path)
	}
	return info.IsDir()
}

func TestRuleset(t *testing.T) {
	t.Parallel()
	const directory = uint64(unix.LANDLOCK_ACCESS_FS_READ_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG |
		unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK |
		unix.LANDLOCK_ACCESS_FS_MAKE_SYM | unix.LANDLOCK_ACCESS_FS_REFER)
	for abi := range unitNewestABI + 1 {
		t.Run(fmt.Sprint("ABI ", abi), func(t *testing.T) {
			t.Parallel()
			set, can := ruleset(abi, nil), handled(abi)
			if set.HandledFS != can.fs || set.HandledNet != can.net || set.Scoped != can.scoped {
				t.Errorf("%+v restricts less than %+v", set, can)
			}
			if abi == 0 {
				if len(set.Rules) > 0 {
					t.Errorf("rules without Landlock: %v", set.Rules)
				}
				return
			}
			if len(set.Rules) == 0 {
				t.Error("no rules: no program would start")
			}
			for _, r := range set.Rules {
				if r.Access == 0 || r.Access&^can.fs != 0 {
					t.Errorf("%s: %#x is nothing, or not within %#x", r.Path, r.Access, can.fs)
				}
				if !unitIsDir(t, r.Path) && r.Access&directory != 0 {
					t.Errorf("%s is a file with a directory's rights %#x, which the kernel refuses", r.Path, r.Access&directory)
				}
			}
		})
	}
}

// The kernel refuses all rules for the one that gives a file a directory's
// rights, and what is a directory on one machine may be a file on another.
func TestRulesetOfAFileInADirectorysPlace(t *testing.T) { // not parallel: it changes the list
	path := unitTextFile(t, "")
	before := readable
	t.Cleanup(func() { readable = before })
	readable = []shim.Rule{{Path: path, Access: llOwn}, {Path: filepath.Join(path, "missing"), Access: llOwn}}
	set := ruleset(1, nil)
	if want := uint64(llOwn & llFile & (unix.LANDLOCK_ACCESS_FS_REFER - 1)); len(set.Rules) != 1 || set.Rules[0].Access != want {
		t.Errorf("%+v, want the file's rights %#x", set.Rules, want)
	}
}

// What a rule opens, it opens with all that is below.
func TestRulesetOpensNothingElse(t *testing.T) {
	t.Parallel()
	const write = uint64(unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR |
		unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_DIR |
		unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO |
		unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK | unix.LANDLOCK_ACCESS_FS_MAKE_SYM | unix.LANDLOCK_ACCESS_FS_REFER)
	writable := []string{"/dev/null", "/dev/full", shmDir}
	set := ruleset(unitNewestABI, nil)
	closed := []string{
		"/", "/root", "/root/.ssh", "/home", "/etc", "/etc/shadow", "/etc/sudoers", "/proc", "/proc/1", "/proc/kcore", "/proc/sysrq-trigger",
		"/sys", "/sys/fs/cgroup", "/sys/kernel", "/dev", "/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/pts", "/dev/fuse", "/run", "/var", "/tmp", "/var/tmp",
		"/boot", "/srv", "/run/secrets", "/var/run/docker.sock",
	}
	for _, r := range set.Rules {
		for _, path := range closed {
			if path == r.Path || strings.HasPrefix(path, strings.TrimSuffix(r.Path, "/")+"/") {
				t.Errorf("the rule for %s opens %s", r.Path, path)
			}
		}
		if r.Access&write != 0 && !slices.Contains(writable, r.Path) {
			t.Errorf("%s can be written to: %#x", r.Path, r.Access)
		}
		if r.Access&(unix.LANDLOCK_ACCESS_FS_MAKE_CHAR|unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK|unix.LANDLOCK_ACCESS_FS_IOCTL_DEV) != 0 {
			t.Errorf("devices in %s: %#x", r.Path, r.Access)
		}
		if r.Path == shmDir && r.Access&unix.LANDLOCK_ACCESS_FS_READ_DIR != 0 {
			t.Error("a run can list the shared memory of others")
		}
	}
}

// The rules of one run must not become another's.
func TestRulesOfOneRun(t *testing.T) {
	t.Parallel()
	common := shim.Ruleset{HandledFS: handled(1).fs, Rules: make([]shim.Rule, 2, 64)} // room that two runs could share
	common.Rules[0], common.Rules[1] = shim.Rule{Path: "/usr", Access: 5}, shim.Rule{Path: "/lib", Access: 5}
	a, b := with(common, "/a", ""), with(common, "/b", "")
	paths := func(set shim.Ruleset) (list []string) {
		for _, r := range set.Rules {
			list = append(list, r.Path)
			if r.Access&^set.HandledFS != 0 || r.Access == 0 {
				t.Errorf("%s: %#x is not within %#x", r.Path, r.Access, set.HandledFS)
			}
		}
		return list
	}
	if got, want := paths(a), []string{"/usr", "/lib", "/a", "/proc/self"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := paths(b), []string{"/usr", "/lib", "/b", "/proc/self"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if len(common.Rules) != 2 {
		t.Errorf("the common rules have grown: %v", common.Rules)
	}
	if none := with(shim.Ruleset{}, "/a", ""); none.Rules[0].Access != 0 || none.Rules[1].Access != 0 {
		t.Errorf("rights that nothing restricts: %v", none.Rules)
	}
}

// The kernel takes the rules as they are, for each ABI that it has. They are
// not put in force.
func TestKernelTakesTheRules(t *testing.T) {
	t.Parallel()
	newest := landlockVersion()
	if newest == 0 {
		t.Skip("no Landlock here")
	}
	for abi := 1; abi <= newest; abi++ {
		t.Run(fmt.Sprint("ABI ", abi), func(t *testing.T) {
			t.Parallel()
			set := with(ruleset(abi, nil), t.TempDir(), "")
			attr := [3]uint64{set.HandledFS, set.HandledNet, set.Scoped}
			fd, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
			if e != 0 {
				t.Fatalf("%+v: %v", set, e)
			}
			defer unix.Close(int(fd))
			for _, r := range set.Rules {
				at, err := unix.Open(r.Path, unix.O_PATH|unix.O_CLOEXEC, 0)
				if err != nil {
					t.Errorf("%s: %v", r.Path, err)
					continue
				}
				rule := unix.LandlockPathBeneathAttr{Allowed_access: r.Access, Parent_fd: int32(at)}
				_, _, e := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, fd, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
				unix.Close(at)
				if e != 0 {
					t.Errorf("%s with %#x: %v", r.Path, r.Access, e)
				}
			}
		})
	}
}

// Each path of the list is one that a reader can check: absolute, clean, once.
func TestReadableIsTidy(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range append(slices.Clone(readable), self) {
		if !filepath.IsAbs(r.Path) || filepath.Clean(r.Path) != r.Path || seen[r.Path] {
			t.Errorf("%q is not absolute, not clean, or there twice", r.Path)
		}
		seen[r.Path] = true
	}
}

func TestCoarse(t *testing.T) {
	set := shim.Ruleset{HandledFS: llOwn, Rules: []shim.Rule{
		{Path: "/usr", Access: llUse}, {Path: "/etc/passwd", Access: llRead}, {Path: "/etc/ssl", Access: llReadDir},
		{Path: "/dev/null", Access: llRead | llWrite}, {Path: "/dev/shm", Access: llShm}, {Path: "/proc/stat", Access: llRead},
	}}
	for _, row := range []struct {
		base string
		want []shim.Rule
	}{
		{"/tmp/executor-1", []shim.Rule{{Path: "/usr", Access: llUse}, {Path: "/etc", Access: llReadDir},
			{Path: "/dev", Access: llRead | llWrite | llShm}, {Path: "/proc/stat", Access: llRead}}},
		{"/etcetera", []shim.Rule{{Path: "/usr", Access: llUse}, {Path: "/etc", Access: llReadDir},
			{Path: "/dev", Access: llRead | llWrite | llShm}, {Path: "/proc/stat", Access: llRead}}},
		{"/dev/shm/executor-1", []shim.Rule{{Path: "/usr", Access: llUse}, {Path: "/etc", Access: llReadDir},
			{Path: "/dev/null", Access: llRead | llWrite}, {Path: "/dev/shm", Access: llShm}, {Path: "/proc/stat", Access: llRead}}},
	} {
		if got := coarse(set, row.base); !slices.Equal(got.Rules, row.want) || got.HandledFS != set.HandledFS {
			t.Errorf("%s: got %+v", row.base, got.Rules)
		}
	}
}
