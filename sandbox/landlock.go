package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/shim"
)

// Rights on files, grouped as we grant them. Those on directories must not
// stand in a rule for a file.
const (
	llRead    = unix.LANDLOCK_ACCESS_FS_READ_FILE
	llReadDir = llRead | unix.LANDLOCK_ACCESS_FS_READ_DIR
	llUse     = llReadDir | unix.LANDLOCK_ACCESS_FS_EXECUTE
	llWrite   = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	llShm     = llRead | llWrite | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE
	llOwn     = llUse | llWrite | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK |
		unix.LANDLOCK_ACCESS_FS_MAKE_FIFO | unix.LANDLOCK_ACCESS_FS_MAKE_SYM | unix.LANDLOCK_ACCESS_FS_REFER
	llFile = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_READ_FILE |
		unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
)

// landlockABI is what one version of Landlock knows beyond the one before.
type landlockABI struct {
	fs, net, scoped uint64
}

// landlockABIs[i] is ABI i+1. What a newer kernel knows beyond the last is not
// used until it has a row.
var landlockABIs = [...]landlockABI{
	{fs: unix.LANDLOCK_ACCESS_FS_REFER - 1}, // every bit below it
	{fs: unix.LANDLOCK_ACCESS_FS_REFER},
	{fs: unix.LANDLOCK_ACCESS_FS_TRUNCATE},
	{net: unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP},
	{fs: unix.LANDLOCK_ACCESS_FS_IOCTL_DEV},
	{scoped: scopeAbstractUnix | scopeSignal},
}

const (
	scopeAbstractUnix = 1 << 0
	scopeSignal       = 1 << 1
	abiScoped         = 6 // the first ABI that has the scopes
)

// handled sums up what an ABI can restrict. Everything is; nothing on the
// network is ever allowed.
func handled(abi int) (sum landlockABI) {
	for _, row := range landlockABIs[:min(abi, len(landlockABIs))] {
		sum.fs |= row.fs
		sum.net |= row.net
		sum.scoped |= row.scoped
	}
	return sum
}

// landlockVersion asks the kernel for its ABI; 0 means that it has none, or
// that it was not switched on at boot.
func landlockVersion() int {
	const versionFlag = 1
	v, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, versionFlag)
	if e != 0 {
		return 0
	}
	return int(v)
}

// readable is what programs may reach besides their own directory: the system's
// programs and libraries, the few files under /etc that those read, harmless
// devices, and the machine's figures. What is not there gives no rule.
var readable = []shim.Rule{
	{Path: "/usr", Access: llUse}, {Path: "/bin", Access: llUse}, {Path: "/sbin", Access: llUse},
	{Path: "/lib", Access: llUse}, {Path: "/lib32", Access: llUse}, {Path: "/lib64", Access: llUse},
	{Path: "/etc/ld.so.cache", Access: llRead}, {Path: "/etc/alternatives", Access: llReadDir},
	{Path: "/etc/ssl", Access: llReadDir}, {Path: "/etc/localtime", Access: llRead}, {Path: "/etc/timezone", Access: llRead},
	{Path: "/etc/passwd", Access: llRead}, {Path: "/etc/group", Access: llRead}, {Path: "/etc/nsswitch.conf", Access: llRead},
	{Path: "/etc/python3*", Access: llReadDir}, {Path: "/etc/mime.types", Access: llRead}, {Path: "/etc/os-release", Access: llRead}, {Path: "/etc/debian_version", Access: llRead},
	{Path: "/dev/null", Access: llRead | llWrite}, {Path: "/dev/full", Access: llRead | llWrite},
	{Path: "/dev/zero", Access: llRead}, {Path: "/dev/random", Access: llRead}, {Path: "/dev/urandom", Access: llRead},
	{Path: "/dev/shm", Access: llShm},
	{Path: "/proc/cpuinfo", Access: llRead}, {Path: "/proc/meminfo", Access: llRead}, {Path: "/proc/stat", Access: llRead},
	{Path: "/sys/devices/system/cpu", Access: llReadDir},
}

// self is the program's own entries in /proc; the shim opens it, so it is the
// program's pid and no other.
var self = shim.Rule{Path: "/proc/self", Access: llReadDir}

// ruleset is what every run has in common: the rules that hold on this machine,
// cut down to what the kernel knows, and besides them what more says that programs
// may read and execute.
func ruleset(abi int, more []string) shim.Ruleset {
	can := handled(abi)
	set := shim.Ruleset{HandledFS: can.fs, HandledNet: can.net, Scoped: can.scoped}
	rules := slices.Clone(readable)
	for _, path := range more {
		rules = append(rules, shim.Rule{Path: path, Access: llUse})
	}
	for _, r := range matching(rules) {
		info, err := os.Stat(r.Path)
		if err != nil {
			continue
		}
		access := r.Access & can.fs
		if !info.IsDir() {
			access &= llFile
		}
		// Rules name files, not links: what a link points to today is what is
		// allowed.
		if path, err := filepath.EvalSymlinks(r.Path); err == nil && access != 0 {
			set.Rules = append(set.Rules, shim.Rule{Path: path, Access: access})
		}
	}
	set.Rules = needed(set.Rules)
	return set
}

// needed leaves out the rules that another one implies: /bin is /usr/bin on
// most systems.
func needed(rules []shim.Rule) (list []shim.Rule) {
	for i, r := range rules {
		implied := slices.ContainsFunc(rules, func(o shim.Rule) bool {
			return o.Access&r.Access == r.Access && strings.HasPrefix(r.Path, strings.TrimSuffix(o.Path, "/")+"/")
		}) || slices.ContainsFunc(rules[:i], func(o shim.Rule) bool { return o == r })
		if !implied {
			list = append(list, r)
		}
	}
	return list
}

// matching replaces the rules whose path is a pattern.
func matching(rules []shim.Rule) (list []shim.Rule) {
	for _, r := range rules {
		paths, _ := filepath.Glob(r.Path) // ours are well-formed
		for _, path := range paths {
			list = append(list, shim.Rule{Path: path, Access: r.Access})
		}
	}
	return list
}

// with adds the rules of one run: its directory, and what was built for it, if
// anything was.
func with(set shim.Ruleset, dir, view string) shim.Ruleset {
	own := []shim.Rule{{Path: dir, Access: llOwn & set.HandledFS}}
	if view != "" {
		own = append(own, shim.Rule{Path: view, Access: llUse & set.HandledFS})
	}
	own = append(own, shim.Rule{Path: self.Path, Access: self.Access & set.HandledFS})
	set.Rules = slices.Concat(set.Rules, own)
	return set
}

// forZygote is what a zygote may reach: what its children may, each of which
// is restricted further to its own.
func forZygote(set shim.Ruleset, base string) shim.Ruleset {
	set = with(set, base, "")
	set.Rules[len(set.Rules)-1].Path = "/proc"
	return set
}

// coarse is what a zygote's child still has to be told of what every run may
// reach: the zygote is restricted by each of the rules already, and its children
// with it. So a rule for each directory below the root will do, with the sum of what
// is allowed in it; but not for /proc, and not where the runs' directories are. A
// ruleset is made, merged and thrown away for every run, rule by rule.
func coarse(set shim.Ruleset, base string) shim.Ruleset {
	var rules []shim.Rule
	at := map[string]int{}
	for _, r := range set.Rules {
		top, _, _ := strings.Cut(r.Path[1:], "/")
		top = "/" + top
		if top == "/proc" || strings.HasPrefix(base+"/", top+"/") {
			top = r.Path
		}
		i, ok := at[top]
		if !ok {
			i = len(rules)
			at[top] = i
			rules = append(rules, shim.Rule{Path: top})
		}
		rules[i].Access |= r.Access
	}
	set.Rules = rules
	return set
}

// openRule is a rule whose file is open, for rulesets that are made often.
type openRule struct {
	fd     int
	access uint64
}

func openRules(set shim.Ruleset) (rules []openRule) {
	for _, r := range set.Rules {
		if fd, err := unix.Open(r.Path, unix.O_PATH|unix.O_CLOEXEC, 0); err == nil { // what is gone gives no right
			rules = append(rules, openRule{fd, r.Access})
		}
	}
	return rules
}

// newRuleset makes the ruleset of one run, which still lacks the rule for its
// entry in /proc.
func (s *Sandbox) newRuleset(dir string) (fd int, err error) {
	if fd, err = shim.CreateRuleset(s.rules); err != nil {
		return -1, err
	}
	own, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == nil {
		err = shim.AddRule(fd, own, llOwn&s.rules.HandledFS)
		unix.Close(own)
	}
	for _, r := range s.opened {
		if err == nil {
			err = shim.AddRule(fd, r.fd, r.access)
		}
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
