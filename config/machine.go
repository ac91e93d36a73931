package config

import "fmt"

// Machine is what the configuration is checked against.
type Machine struct {
	Memory        int64 // bytes
	PIDs          int64 // 0: no limit
	WorkDir       string
	WorkDirMemory bool // it lies in memory
	WorkDirNoExec bool
	WorkDirFree   int64 // bytes
	WorkDirInodes int64 // free; negative where the file system does not count them
}

// pidReserve is what the server, its threads and the shims need of pids.max:
// when programs take the last one, Go cannot start a thread and dies.
const pidReserve = 160

// FitTo compares the configuration with the machine. What would end the server
// is changed; of that, and of everything that could go wrong under full load,
// it says so in a sentence each.
func (c *Config) FitTo(m Machine) (notes []string) {
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	if m.PIDs > 0 {
		if fits := max((m.PIDs-pidReserve)/c.MaxConcurrency, 1); c.MaxProcesses > fits {
			note("EXECUTOR_PROCESSES is %d and EXECUTOR_MAX_PROCESSES %d instead of %d and %d: with EXECUTOR_MAX_CONCURRENCY %d more would use up pids.max (%d), which ends the server",
				min(c.Processes, fits), fits, c.Processes, c.MaxProcesses, c.MaxConcurrency, m.PIDs)
			c.Processes, c.MaxProcesses = min(c.Processes, fits), fits
		}
	}
	if m.PIDs > 0 && m.PIDs < pidReserve+c.MaxConcurrency {
		note("pids.max (%d) is too low for EXECUTOR_MAX_CONCURRENCY %d: the server may die for want of threads", m.PIDs, c.MaxConcurrency)
	}
	need := c.MaxConcurrency * c.MemoryMiB << 20
	what := "EXECUTOR_MEMORY_MIB"
	if m.WorkDirMemory {
		need += c.MaxConcurrency * c.DiskMiB << 20
		what += " and EXECUTOR_DISK_MIB (the work directory is in memory)"
	}
	if m.Memory > 0 && need > m.Memory {
		note("EXECUTOR_MAX_CONCURRENCY times %s is %d MiB, and this machine has %d MiB: when it runs low, the largest run is ended",
			what, need>>20, m.Memory>>20)
	}
	if most := m.Memory >> 20; m.Memory > 0 && c.CompileMemoryMiB > most {
		note("EXECUTOR_COMPILE_MEMORY_MIB is %d instead of %d, which is more than this machine has", most, c.CompileMemoryMiB)
		c.CompileMemoryMiB = most
	}
	if disk := c.MaxConcurrency * c.DiskMiB << 20; disk > m.WorkDirFree {
		note("EXECUTOR_MAX_CONCURRENCY times EXECUTOR_DISK_MIB is %d MiB, and %s has %d MiB free: when it runs low, the largest run is ended",
			disk>>20, m.WorkDir, m.WorkDirFree>>20)
	}
	const inodesPerRun = 1024
	if m.WorkDirInodes >= 0 && m.WorkDirInodes < c.MaxConcurrency*inodesPerRun {
		note("%s has only %d inodes free: programs will fail to make files", m.WorkDir, m.WorkDirInodes)
	}
	if m.WorkDirNoExec {
		note("%s is mounted noexec: programs cannot execute files that they or a compiler made", m.WorkDir)
	}
	return notes
}
