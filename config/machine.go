package config

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Machine is what the configuration is checked against.
type Machine struct {
	Memory        int64 // bytes
	PIDs          int64 // 0: no limit
	Files         int64 // descriptors that the server may have; 0: no limit
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
	if c.Jobs != "" && c.Role == RoleAll && c.MaxConcurrency == 1 {
		note("EXECUTOR_MAX_CONCURRENCY is 1: while a job runs, which may be for EXECUTOR_JOB_MAX_TIMEOUT (%v), no request does; EXECUTOR_ROLE divides them", c.JobMaxTimeout)
	}
	if strings.HasPrefix(c.Jobs, "sqlite:") && !filepath.IsAbs(strings.TrimPrefix(c.Jobs, "sqlite:")) && m.WorkDirMemory {
		note("EXECUTOR_JOBS lies below %s, which is in memory: jobs are lost with it, and take what room programs have there", m.WorkDir)
	}
	if m.PIDs > 0 {
		if fits := max((m.PIDs-pidReserve)/c.MaxConcurrency, 1); c.MaxProcesses > fits {
			note("EXECUTOR_PROCESSES is %d and EXECUTOR_MAX_PROCESSES %d instead of %d and %d: with EXECUTOR_MAX_CONCURRENCY %d more would use up pids.max (%d), which ends the server; what needs more, as Java does, will not run: lower EXECUTOR_MAX_CONCURRENCY for that",
				min(c.Processes, fits), fits, c.Processes, c.MaxProcesses, c.MaxConcurrency, m.PIDs)
			c.Processes, c.MaxProcesses = min(c.Processes, fits), fits
		}
	}
	if m.PIDs > 0 && m.PIDs < pidReserve+c.MaxConcurrency {
		note("pids.max (%d) is too low for EXECUTOR_MAX_CONCURRENCY %d: the server may die for want of threads", m.PIDs, c.MaxConcurrency)
	}
	// A run takes a dozen descriptors, and a request that waits one.
	if needed := 256 + 16*c.MaxConcurrency + c.QueueDepth; m.Files > 0 && m.Files < needed {
		note("the limit of open files (%d) is low for EXECUTOR_MAX_CONCURRENCY %d and EXECUTOR_QUEUE_DEPTH %d: under load requests will fail; it should be %d", m.Files, c.MaxConcurrency, c.QueueDepth, needed)
	}
	if most := m.Memory >> 20; m.Memory > 0 && c.CompileMemoryMiB > most {
		note("EXECUTOR_COMPILE_MEMORY_MIB is %d instead of %d, which is more than this machine has", most, c.CompileMemoryMiB)
		c.CompileMemoryMiB = most
	}
	memory, of := larger(c.MemoryMiB, "EXECUTOR_MEMORY_MIB", c.CompileMemoryMiB, "EXECUTOR_COMPILE_MEMORY_MIB")
	disk, diskOf := larger(c.DiskMiB, "EXECUTOR_DISK_MIB", c.CompileDiskMiB, "EXECUTOR_COMPILE_DISK_MIB")
	allMemory, allDisk := c.MaxConcurrency*memory, c.MaxConcurrency*disk+c.CompileCacheMiB
	if m.WorkDirMemory {
		allMemory += allDisk
		of += " and " + diskOf + ", and EXECUTOR_COMPILE_CACHE_MIB (the work directory is in memory)"
	}
	if m.Memory > 0 && allMemory > m.Memory>>20 {
		note("EXECUTOR_MAX_CONCURRENCY times %s is %d MiB, and this machine has %d MiB: when it runs low, the largest run is ended",
			of, allMemory, m.Memory>>20)
	}
	if allDisk > m.WorkDirFree>>20 {
		note("EXECUTOR_MAX_CONCURRENCY times %s, and EXECUTOR_COMPILE_CACHE_MIB, is %d MiB, and %s has %d MiB free: when it runs low, the largest run is ended",
			diskOf, allDisk, m.WorkDir, m.WorkDirFree>>20)
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

// larger is the larger of two limits, a run's and a compilation's, with its name.
func larger(run int64, ofRun string, compile int64, ofCompile string) (int64, string) {
	if compile > run {
		return compile, ofCompile
	}
	return run, ofRun
}
