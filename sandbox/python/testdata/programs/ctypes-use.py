# ctypes with the interpreter and libc.
import ctypes
import os
import sys
api = ctypes.pythonapi
print(api.Py_IsInitialized(), ctypes.CDLL(None).getpid() == os.getpid(), api.PyGILState_Check())
api.Py_GetVersion.restype = ctypes.c_char_p
print(api.Py_GetVersion().decode() == sys.version, ctypes.c_int.in_dll(api, "Py_InspectFlag").value, ctypes.c_int.in_dll(api, "Py_InteractiveFlag").value, ctypes.c_int.in_dll(api, "Py_NoSiteFlag").value, ctypes.c_int.in_dll(api, "Py_FrozenFlag").value)
CB = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int)
print(CB(lambda a, b: a + b)(2, 3))
Q = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
arr = (ctypes.c_int * 5)(3, 1, 2, 5, 4)
ctypes.CDLL(None).qsort(arr, 5, 4, Q(lambda a, b: a[0] - b[0]))
print(list(arr))
AE = ctypes.CFUNCTYPE(None)
keep = AE(lambda: os.write(1, b"Py_AtExit or atexit of C\n"))
libc = ctypes.CDLL(None, use_errno=True)
print(libc.open(b"/nonexistent", 0), os.strerror(ctypes.get_errno()))
libc.puts(b"by puts of C")
sys.stdout.flush()
libc.fflush(None)
libc.printf(b"%s without newline, buffered in C", b"printf")
