package config_test

import (
	"reflect"
	"strings"
	"testing"

	"aca-executor/config"
)

// roomy has more than enough of everything for the defaults, which are 8 units
// of 256 MiB memory, 64 MiB disk and 64 processes each, 1024 MiB memory and 256 MiB
// disk while they compile, and a cache of 256 MiB.
func roomy() config.Machine {
	return config.Machine{Memory: 64 << 30, PIDs: 0, WorkDir: "/mnt/runs", WorkDirFree: 100 << 30, WorkDirInodes: 1 << 20}
}

func TestFitTo(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	for _, row := range []struct {
		name    string
		environ []string
		machine func(*config.Machine)
		notes   [][]string // the words of each
		set     func(*config.Config)
	}{
		{name: "roomy"},
		{name: "exactly enough memory", machine: func(m *config.Machine) { m.Memory = 8 * 1024 * mib }},
		{
			name: "not enough memory", machine: func(m *config.Machine) { m.Memory = 8*1024*mib - 1 },
			notes: [][]string{{"EXECUTOR_MAX_CONCURRENCY times EXECUTOR_COMPILE_MEMORY_MIB is 8192 MiB", "has 8191 MiB"}},
		},
		{
			name: "not enough memory for what runs", environ: []string{"EXECUTOR_COMPILE_MEMORY_MIB=255"},
			machine: func(m *config.Machine) { m.Memory = 8*256*mib - 1 },
			notes:   [][]string{{"EXECUTOR_MAX_CONCURRENCY times EXECUTOR_MEMORY_MIB is 2048 MiB", "has 2047 MiB"}},
		},
		{name: "memory that is not known", machine: func(m *config.Machine) { m.Memory = 0 }},
		{
			name: "fewer units fit", environ: []string{"EXECUTOR_MAX_CONCURRENCY=2", "EXECUTOR_COMPILE_MEMORY_MIB=256"},
			machine: func(m *config.Machine) { m.Memory = 512 * mib },
		},
		{
			name: "exactly enough memory, of which the work directory is", machine: func(m *config.Machine) { m.WorkDirMemory, m.Memory = true, (8*(1024+256)+256)*mib },
		},
		{
			name: "not enough memory, because the work directory is in it", machine: func(m *config.Machine) { m.WorkDirMemory, m.Memory = true, (8*(1024+256)+256)*mib-1 },
			notes: [][]string{{"EXECUTOR_COMPILE_MEMORY_MIB and EXECUTOR_COMPILE_DISK_MIB", "work directory is in memory", "is 10496 MiB", "has 10495 MiB"}},
		},
		{
			name: "a job that has the only unit", environ: []string{"EXECUTOR_MAX_CONCURRENCY=1", "EXECUTOR_JOBS=postgres://h/d"},
			notes: [][]string{{"EXECUTOR_MAX_CONCURRENCY is 1", "EXECUTOR_JOB_MAX_TIMEOUT (15m0s)", "EXECUTOR_ROLE"}},
		},
		{name: "a worker's only unit", environ: []string{"EXECUTOR_MAX_CONCURRENCY=1", "EXECUTOR_JOBS=postgres://h/d", "EXECUTOR_ROLE=worker"}},
		{
			name: "jobs in memory", environ: []string{"EXECUTOR_JOBS=sqlite:jobs/jobs.db"}, machine: func(m *config.Machine) { m.WorkDirMemory = true },
			notes: [][]string{{"EXECUTOR_JOBS lies below /mnt/runs", "in memory"}},
		},
		{name: "jobs elsewhere", environ: []string{"EXECUTOR_JOBS=sqlite:/data/jobs.db"}, machine: func(m *config.Machine) { m.WorkDirMemory = true }},
		{name: "exactly enough disk", machine: func(m *config.Machine) { m.WorkDirFree = (8*256 + 256) * mib }},
		{
			name: "not enough disk", machine: func(m *config.Machine) { m.WorkDirFree = (8*256+256)*mib - 1 },
			notes: [][]string{{"EXECUTOR_MAX_CONCURRENCY times EXECUTOR_COMPILE_DISK_MIB", "is 2304 MiB", "/mnt/runs has 2303 MiB free"}},
		},
		{name: "exactly enough inodes", machine: func(m *config.Machine) { m.WorkDirInodes = 8 * 1024 }},
		{name: "exactly enough open files", machine: func(m *config.Machine) { m.Files = 256 + 16*8 + 32 }},
		{
			name: "few open files", machine: func(m *config.Machine) { m.Files = 415 },
			notes: [][]string{{"open files (415)", "EXECUTOR_MAX_CONCURRENCY 8", "should be 416"}},
		},
		{
			name: "few inodes", machine: func(m *config.Machine) { m.WorkDirInodes = 8*1024 - 1 },
			notes: [][]string{{"/mnt/runs has only 8191 inodes free"}},
		},
		{
			name: "no inodes", machine: func(m *config.Machine) { m.WorkDirInodes = 0 },
			notes: [][]string{{"/mnt/runs has only 0 inodes free"}},
		},
		{name: "inodes that are not counted", machine: func(m *config.Machine) { m.WorkDirInodes = -1 }},
		{
			name: "noexec", machine: func(m *config.Machine) { m.WorkDirNoExec = true },
			notes: [][]string{{"/mnt/runs is mounted noexec"}},
		},
		{name: "exactly enough process ids", machine: func(m *config.Machine) { m.PIDs = 160 + 8*64 }},
		{
			name: "not enough process ids", machine: func(m *config.Machine) { m.PIDs = 160 + 8*64 - 1 },
			notes: [][]string{{"EXECUTOR_PROCESSES is 63 and EXECUTOR_MAX_PROCESSES 63 instead of 64 and 64", "EXECUTOR_MAX_CONCURRENCY 8", "pids.max (671)"}},
			set:   func(c *config.Config) { c.Processes, c.MaxProcesses = 63, 63 },
		},
		{
			name: "only what may be asked for is too much", environ: []string{"EXECUTOR_PROCESSES=10", "EXECUTOR_MAX_PROCESSES=200"},
			machine: func(m *config.Machine) { m.PIDs = 160 + 8*50 },
			notes:   [][]string{{"EXECUTOR_MAX_PROCESSES 50 instead of 10 and 200", "pids.max (560)"}},
			set:     func(c *config.Config) { c.Processes, c.MaxProcesses = 10, 50 },
		},
		{
			// A program needs one process at least; the server's own need is
			// no longer met then, and it says so.
			name: "hardly any process ids", machine: func(m *config.Machine) { m.PIDs = 20 },
			notes: [][]string{{"EXECUTOR_PROCESSES is 1 ", "pids.max (20)"}, {"too low"}},
			set:   func(c *config.Config) { c.Processes, c.MaxProcesses = 1, 1 },
		},
		{
			name: "everything", machine: func(m *config.Machine) {
				*m = config.Machine{Memory: mib, PIDs: 200, WorkDir: "/mnt/runs", WorkDirNoExec: true}
			},
			notes: [][]string{{"pids.max"}, {"EXECUTOR_COMPILE_MEMORY_MIB is 1 instead of 1024"}, {"EXECUTOR_MEMORY_MIB is 2048"}, {"EXECUTOR_COMPILE_DISK_MIB"}, {"inodes"}, {"noexec"}},
			set:   func(c *config.Config) { c.Processes, c.MaxProcesses, c.CompileMemoryMiB = 5, 5, 1 },
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c, want, m := load(t, row.environ...), load(t, row.environ...), roomy()
			if row.machine != nil {
				row.machine(&m)
			}
			if row.set != nil {
				row.set(&want)
			}
			notes := c.FitTo(m)
			if len(notes) != len(row.notes) {
				t.Fatalf("%d notes, want %d: %q", len(notes), len(row.notes), notes)
			}
			for i, words := range row.notes {
				for _, w := range words {
					if !strings.Contains(notes[i], w) {
						t.Errorf("note %q does not say %q", notes[i], w)
					}
				}
			}
			// Nothing else is changed behind the operator's back.
			if !reflect.DeepEqual(c, want) {
				t.Errorf("got  %+v\nwant %+v", c, want)
			}
			// What was lowered fits: the server does not complain twice.
			if row.set != nil && m.PIDs > 160 {
				for _, note := range c.FitTo(m) {
					if strings.Contains(note, "pids.max") {
						t.Errorf("a second look still says %q", note)
					}
				}
			}
		})
	}
}
