package sandbox

import (
	"io"
	"os"
)

// capture reads a stream to its end and keeps the first limit bytes of it.
// over is called once, when there is more. What comes after is read and thrown
// away, so that a program is never stopped by a full pipe before it is killed.
func capture(r io.Reader, limit int64, over func()) Output {
	var out Output
	buf := make([]byte, 0, 512)
	for int64(len(buf)) < limit {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		room := min(int64(cap(buf)), limit)
		n, err := r.Read(buf[len(buf):room])
		buf = buf[:len(buf)+n]
		if err != nil {
			out.Bytes = buf
			return out
		}
	}
	out.Bytes = buf
	var rest [32 << 10]byte
	for {
		n, err := r.Read(rest[:])
		if n > 0 && !out.Truncated {
			out.Truncated = true
			over()
		}
		if err != nil {
			return out
		}
	}
}

// feed writes a program's input and closes it. A program that does not read it
// all is none of our business.
func feed(w *os.File, input string) {
	io.WriteString(w, input)
	w.Close()
}
