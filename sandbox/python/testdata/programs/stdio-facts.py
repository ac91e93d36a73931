# Everything the three standard streams tell of themselves.
import io
import os
import stat
import sys
for s in sys.stdin, sys.stdout, sys.stderr:
    print(s.name, s.mode, s.encoding, s.errors, s.newlines, s.line_buffering, s.write_through, s.fileno(), s.isatty(), s.closed, s.readable(), s.writable(), s.seekable())
    print(type(s).__name__, type(s.buffer).__name__, type(s.buffer.raw).__name__, s.buffer.name, s.buffer.raw.name, s.buffer.raw.mode, s.buffer.raw.closefd)
    print(repr(s), repr(s.buffer), repr(s.buffer.raw))
    print(stat.S_ISFIFO(os.fstat(s.fileno()).st_mode), os.get_blocking(s.fileno()), os.get_inheritable(s.fileno()), os.isatty(s.fileno()), s._CHUNK_SIZE)
    print(sorted(vars(s)), sorted(vars(s.buffer)), sorted(vars(s.buffer.raw)))
    try:
        print(s.tell())
    except OSError as e:
        print(type(e).__name__, e)
print(sys.__stdout__ is sys.stdout, sys.__stderr__ is sys.stderr, sys.__stdin__ is sys.stdin, io.DEFAULT_BUFFER_SIZE)
print(sys.stdout.encoding is sys.stdin.encoding, os.device_encoding(0))
