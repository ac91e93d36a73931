package sandbox

import (
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"aca-executor/sandbox/internal/cred"
)

// streams are a program's standard streams: the program's ends of them, and
// ours. The pipes belong to the run's uid, so that programs can open
// /dev/stdout and the like.
type streams struct {
	stdin, stdout, stderr pipe
	out, err              Output
	reading               sync.WaitGroup
}

type pipe struct{ r, w *os.File }

func (p pipe) close() {
	p.r.Close() // twice, or of nothing, is an error that nobody minds
	p.w.Close()
}

func openStreams(uid int) (*streams, error) {
	str := &streams{}
	err := cred.As(uid, func() (err error) {
		if str.stdin, err = newPipe(false); err != nil {
			return err
		}
		if str.stdout, err = newPipe(true); err != nil {
			return err
		}
		str.stderr, err = newPipe(true)
		return err
	})
	if err != nil {
		str.close()
		return nil, err
	}
	return str, nil
}

func (str *streams) close() {
	str.stdin.close()
	str.stdout.close()
	str.stderr.close()
}

// newPipe makes a pipe of which our end, reading or writing, does not block:
// only then do deadlines and closing work on it.
func newPipe(weRead bool) (pipe, error) {
	var fd [2]int
	if err := unix.Pipe2(fd[:], unix.O_CLOEXEC); err != nil {
		return pipe{}, err
	}
	ours := fd[1]
	if weRead {
		ours = fd[0]
	}
	unix.SetNonblock(ours, true)
	return pipe{os.NewFile(uintptr(fd[0]), "pipe"), os.NewFile(uintptr(fd[1]), "pipe")}, nil
}

// closeTheirs closes the program's ends, which it has by now.
func (str *streams) closeTheirs() {
	str.stdin.r.Close()
	str.stdout.w.Close()
	str.stderr.w.Close()
}

// pump starts to move data; over is called when a stream has too much.
func (str *streams) pump(st Step, over func()) {
	str.reading.Add(2)
	go func() {
		defer str.reading.Done()
		str.out = capture(str.stdout.r, st.Limits.Output, over)
	}()
	go func() {
		defer str.reading.Done()
		str.err = capture(str.stderr.r, st.Limits.Output, over)
	}()
	if st.Stdin == "" {
		str.stdin.w.Close()
	} else {
		go feed(str.stdin.w, st.Stdin)
	}
}

// wait returns the output. Everybody who could write is dead, so the streams
// end; if one does not, because a process is stuck in the kernel, what there
// is will do.
func (str *streams) wait() (stdout, stderr Output) {
	const patience = 300 * time.Millisecond
	deadline := time.Now().Add(patience)
	str.stdout.r.SetReadDeadline(deadline)
	str.stderr.r.SetReadDeadline(deadline)
	str.reading.Wait()
	return str.out, str.err
}

// socketPair is a line to another process; ours does not block.
func socketPair(kind int) (ours, theirs *os.File, err error) {
	fd, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	unix.SetNonblock(fd[0], true)
	return os.NewFile(uintptr(fd[0]), "control"), os.NewFile(uintptr(fd[1]), "control"), nil
}
