# Arguments, program name and environment below the level of Python.
import ctypes
import os
libc = ctypes.CDLL(None)
print(libc.getpid() == os.getpid(), ctypes.c_char_p.in_dll(libc, "program_invocation_short_name").value)
libc.getenv.restype = ctypes.c_char_p
print(libc.getenv(b"LANG"), libc.getenv(b"TMPDIR").decode() == os.getcwd(), libc.getenv(b"NOPE"))
n = ctypes.c_int()
argv = ctypes.POINTER(ctypes.c_wchar_p)()
ctypes.pythonapi.Py_GetArgcArgv(ctypes.byref(n), ctypes.byref(argv))
print(n.value, [argv[i] for i in range(1, n.value)])
for f in "Py_GetProgramName", "Py_GetPath", "Py_GetPythonHome", "Py_GetPrefix", "Py_GetProgramFullPath":
    g = getattr(ctypes.pythonapi, f)
    g.restype = ctypes.c_wchar_p
    print(f, g())
print(ctypes.c_int.in_dll(ctypes.pythonapi, "Py_IgnoreEnvironmentFlag").value, ctypes.c_int.in_dll(ctypes.pythonapi, "Py_HashRandomizationFlag").value, ctypes.c_int.in_dll(ctypes.pythonapi, "Py_UTF8Mode").value)
os.environ["NEW"] = "é"
print(libc.getenv(b"NEW"))
del os.environ["LANG"]
print(libc.getenv(b"LANG"))
