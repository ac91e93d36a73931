package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"testing/iotest"
)

// unitText is output in which every position can be told from its neighbours.
func unitText(n int) []byte {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte(i*7 + i/256)
	}
	return text
}

func TestCapture(t *testing.T) {
	t.Parallel()
	readers := map[string]func(io.Reader) io.Reader{
		"as it is":         func(r io.Reader) io.Reader { return r },
		"byte by byte":     iotest.OneByteReader,
		"by halves":        iotest.HalfReader,
		"end with data":    iotest.DataErrReader,
		"nothing at times": func(r io.Reader) io.Reader { return &unitStutter{r: r} },
	}
	for how, reader := range readers {
		for _, limit := range []int{0, 1, 2, 511, 512, 513, 1024, 4096, 40_000, 100_000} {
			for _, size := range []int{0, 1, limit - 1, limit, limit + 1, 2*limit + 1, limit + 70_000} {
				if size < 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s, %d of %d", how, size, limit), func(t *testing.T) {
					t.Parallel()
					text := unitText(size)
					source := bytes.NewReader(text)
					calls := 0
					out := capture(reader(source), int64(limit), func() { calls++ })
					if want := text[:min(size, limit)]; !bytes.Equal(out.Bytes, want) {
						t.Errorf("%d bytes are kept, or others than the first %d", len(out.Bytes), len(want))
					}
					over := size > limit
					if out.Truncated != over {
						t.Errorf("truncated: %v, want %v", out.Truncated, over)
					}
					if want := map[bool]int{true: 1}[over]; calls != want {
						t.Errorf("over was called %d times, want %d", calls, want)
					}
					if source.Len() > 0 {
						t.Errorf("%d bytes were not read: the program would wait for ever", source.Len())
					}
				})
			}
		}
	}
}

// unitStutter returns nothing, and no error, before each real read.
type unitStutter struct {
	r    io.Reader
	real bool
}

func (s *unitStutter) Read(b []byte) (int, error) {
	s.real = !s.real
	if s.real {
		return 0, nil
	}
	return s.r.Read(b)
}

// What was read before a stream broke is output like any other.
func TestCaptureOfABrokenStream(t *testing.T) {
	t.Parallel()
	broken := iotest.ErrReader(errors.New("broken"))
	for _, row := range []struct {
		name      string
		limit     int64
		want      string
		truncated bool
	}{
		{"below the limit", 100, "output", false},
		{"at the limit", 6, "output", false},
		{"above the limit", 3, "out", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			out := capture(io.MultiReader(bytes.NewReader([]byte("output")), broken), row.limit, func() {})
			if string(out.Bytes) != row.want || out.Truncated != row.truncated {
				t.Errorf("%q %v, want %q %v", out.Bytes, out.Truncated, row.want, row.truncated)
			}
		})
	}
}

// over is called while the stream goes on: it is what ends the program.
func TestCaptureSaysSoBeforeTheEnd(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	out := make(chan Output)
	go func() { out <- capture(r, 3, func() { w.Close() }) }()
	for {
		if _, err := w.Write([]byte("x")); err != nil {
			break // closed by over
		}
	}
	if got := <-out; string(got.Bytes) != "xxx" || !got.Truncated {
		t.Errorf("%q %v", got.Bytes, got.Truncated)
	}
}

// A program that writes nothing does not cost its limit in memory.
func TestCaptureTakesWhatItNeeds(t *testing.T) {
	t.Parallel()
	out := capture(bytes.NewReader(unitText(1000)), 1<<40, func() {})
	if len(out.Bytes) != 1000 || cap(out.Bytes) > 1<<16 {
		t.Errorf("%d bytes in a buffer of %d", len(out.Bytes), cap(out.Bytes))
	}
}

func TestFeed(t *testing.T) {
	t.Parallel()
	t.Run("all of it, then the end", func(t *testing.T) {
		t.Parallel()
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		input := string(unitText(300_000)) // more than a pipe holds
		go feed(w, input)
		if got, err := io.ReadAll(r); err != nil || string(got) != input {
			t.Errorf("%d of %d bytes, or others: %v", len(got), len(input), err)
		}
	})
	t.Run("nobody reads", func(t *testing.T) {
		t.Parallel()
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		feed(w, "ignored") // returns, and without a signal that would end the test
		if err := w.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("it was left open: %v", err)
		}
	})
}

func FuzzCapture(f *testing.F) {
	f.Add([]byte("output"), int64(3), byte(0))
	f.Add([]byte("output"), int64(6), byte(1))
	f.Add([]byte(nil), int64(0), byte(2))
	f.Add(unitText(1500), int64(1024), byte(3))
	f.Fuzz(func(t *testing.T, text []byte, limit int64, how byte) {
		if limit < 0 {
			return // Run refuses it
		}
		source := bytes.NewReader(text)
		var r io.Reader = source
		switch how % 4 {
		case 1:
			r = iotest.OneByteReader(r)
		case 2:
			r = iotest.DataErrReader(r)
		case 3:
			r = iotest.HalfReader(r)
		}
		calls := 0
		out := capture(r, limit, func() { calls++ })
		kept := min(int64(len(text)), limit)
		over := int64(len(text)) > limit
		if !bytes.Equal(out.Bytes, text[:kept]) || out.Truncated != over || calls > 1 || (calls == 1) != over || source.Len() != 0 {
			t.Errorf("%d bytes, limit %d: kept %d, truncated %v, %d calls, %d not read", len(text), limit, len(out.Bytes), out.Truncated, calls, source.Len())
		}
	})
}

func BenchmarkCapture(b *testing.B) {
	text := unitText(1 << 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		capture(bytes.NewReader(text), int64(len(text)), func() {})
	}
}
