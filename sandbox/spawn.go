package sandbox

import (
	"os"
	"runtime"
	"syscall"

	"aca-executor/sandbox/internal/shim"
)

// spawner starts every process of the sandbox from one thread that never ends:
// the kernel kills a child with PR_SET_PDEATHSIG when the thread that forked it
// ends, not when the process does, and Go's threads come and go.
type spawner struct{ requests chan spawn }

type spawn struct {
	name  string // under which the binary is executed again
	files []*os.File
	done  chan<- spawned
}

type spawned struct {
	process *os.Process
	err     error
}

// spawnEnv is all the environment that a shim has; the server's own is not its
// business. A process that lives for a millisecond needs neither a garbage
// collector nor several processors.
var spawnEnv = []string{"GOGC=off", "GOMAXPROCS=1"}

func newSpawner() *spawner {
	s := &spawner{requests: make(chan spawn)}
	go func() {
		runtime.LockOSThread()
		for r := range s.requests {
			p, err := os.StartProcess("/proc/self/exe", []string{r.name}, &os.ProcAttr{
				Env:   spawnEnv,
				Dir:   "/",
				Files: r.files,
				Sys:   &syscall.SysProcAttr{Setsid: true},
			})
			r.done <- spawned{p, err}
		}
		runtime.UnlockOSThread()
	}()
	return s
}

// start executes this binary again under one of the names that shim knows.
func (s *spawner) start(name string, files ...*os.File) (*os.Process, error) {
	done := make(chan spawned, 1)
	s.requests <- spawn{name, files, done}
	r := <-done
	return r.process, r.err
}

func (s *spawner) close() { close(s.requests) }

// guardian starts the process that ends every run when this one dies, and
// returns the pipe whose closing tells it.
func (s *spawner) guardian(uids uidRange) (*os.Process, *os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	p, err := s.start(shim.GuardianName, nil, nil, nil, r)
	if err != nil {
		w.Close()
		return nil, nil, err
	}
	if _, err := w.Write(shim.GuardianConfig(uids.first, uids.count, uids.spare())); err != nil {
		w.Close()
		p.Kill()
		p.Wait()
		return nil, nil, err
	}
	return p, w, nil
}
