package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/proc"
)

// Finding is what [Probe] found out about one layer.
type Finding struct {
	Layer     Layers
	Available bool
	Detail    string // what is there, or what is missing and what can be done
}

// Probe asks the kernel which layers this process can use, in their order.
func Probe() []Finding {
	return []Finding{
		probeUID(),
		probe(NoNewPrivs, prctlWorks(unix.PR_GET_NO_NEW_PRIVS), "", "needs Linux 3.5: use a newer kernel"),
		{Rlimits, true, ""},
		probeLandlock(landlockVersion()),
		probe(Seccomp, seccompWorks(), "an allow-list of system calls",
			"the kernel was built without CONFIG_SECCOMP_FILTER: use another"),
		probe(Watchdog, len(proc.List()) > 0, "", "needs /proc: mount it"),
		probe(Sweep, true, "", ""),
	}
}

func probe(l Layers, ok bool, there, missing string) Finding {
	if ok {
		return Finding{l, true, there}
	}
	return Finding{l, false, missing}
}

func probeUID() Finding {
	if os.Geteuid() != 0 {
		return Finding{UID, false, "every run gets a uid of its own, which takes root: start the service as root (in a container: USER root)"}
	}
	if missing := missingCapabilities(); len(missing) > 0 {
		return Finding{UID, false, "missing " + strings.Join(missing, " and ") + ": do not drop them (docker run --cap-add ...)"}
	}
	if _, err := chooseUIDs(2); err != nil {
		return Finding{UID, false, err.Error() + ": map more uids into it"}
	}
	return Finding{UID, true, "a fresh uid for every run"}
}

// missingCapabilities names what the uid layer needs and the process has not.
func missingCapabilities() (missing []string) {
	status, _ := os.ReadFile("/proc/self/status")
	var effective uint64
	for line := range strings.Lines(string(status)) {
		if hex, ok := strings.CutPrefix(line, "CapEff:"); ok {
			effective, _ = strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
		}
	}
	for _, c := range []struct {
		bit  int
		name string
	}{{unix.CAP_SETUID, "CAP_SETUID"}, {unix.CAP_SETGID, "CAP_SETGID"}} {
		if effective&(1<<c.bit) == 0 {
			missing = append(missing, c.name)
		}
	}
	return missing
}

func probeLandlock(abi int) Finding {
	if abi == 0 {
		return Finding{Landlock, false, "needs Linux 5.13 with landlock among the LSMs of the boot parameter lsm="}
	}
	return Finding{Landlock, true, fmt.Sprintf("ABI %d", abi)}
}

func prctlWorks(option int) bool {
	_, err := unix.PrctlRetInt(option, 0, 0, 0, 0)
	return err == nil
}

// seccompWorks asks for a filter at no address: a kernel that knows filters
// says that the address is bad, others that the request is.
func seccompWorks() bool {
	_, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, 0)
	return e == unix.EFAULT
}

// MissingError says which required layers cannot be had, a line for each.
type MissingError struct{ Findings []Finding }

func (e *MissingError) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = fmt.Sprintf("sandbox layer %s is required and not available: %s", f.Layer, f.Detail)
	}
	return strings.Join(lines, "\n")
}

// Require decides which layers are put in force: all that are available, less
// those in disable. It is an error when one of require is not among them. The
// uid is always required.
func Require(findings []Finding, require, disable Layers) (Layers, error) {
	require |= UID
	if both := require & disable; both != 0 {
		return 0, fmt.Errorf("sandbox: %s cannot be both required and disabled", both)
	}
	if needing := (Landlock | Seccomp) &^ disable; disable.Has(NoNewPrivs) && needing != 0 {
		return 0, fmt.Errorf("sandbox: no_new_privs cannot be disabled without %s, which the kernel grants only with it", needing)
	}
	var have Layers
	var missing []Finding
	for _, f := range findings {
		switch {
		case f.Available && !disable.Has(f.Layer):
			have |= f.Layer
		case !f.Available && require.Has(f.Layer):
			missing = append(missing, f)
		}
	}
	if len(missing) > 0 {
		return have, &MissingError{missing}
	}
	return have, nil
}

// SetupError means that the sandbox could not put a program in place. Layer
// names the step that failed.
type SetupError struct {
	Layer string
	Err   error
}

func (e *SetupError) Error() string { return "sandbox: " + e.Layer + ": " + e.Err.Error() }
func (e *SetupError) Unwrap() error { return e.Err }

func setup(layer string, err error) error {
	var already *SetupError
	if err == nil || errors.As(err, &already) {
		return err
	}
	return &SetupError{layer, err}
}
