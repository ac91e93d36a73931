import ctypes
libc = ctypes.CDLL(None)
buf = ctypes.create_string_buffer(32)
print(libc.prctl(16, buf, 0, 0, 0), buf.value)
print(open("/proc/self/stat").read().split()[1])
print(libc.prctl(3, 0, 0, 0, 0) in (0, 1), libc.prctl(2, 0, 0, 0, 0) in (0, -1))
