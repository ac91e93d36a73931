# Facts of sys.
import sys
for n in ("argv orig_argv executable _base_executable prefix base_prefix exec_prefix base_exec_prefix platlibdir version version_info hexversion api_version copyright byteorder "
          "platform maxsize maxunicode flags warnoptions _xoptions dont_write_bytecode pycache_prefix implementation hash_info float_info int_info thread_info "
          "float_repr_style _git _framework abiflags").split():
    print(n, getattr(sys, n, "absent"))
print(sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), sys.getprofile())
print(sys.get_int_max_str_digits(), sys.getallocatedblocks() > 1000, sys.is_finalizing(), sys.get_asyncgen_hooks(), sys.get_coroutine_origin_tracking_depth(), sys.getdlopenflags(), sys.exc_info())
print(sorted(n for n in dir(sys)))
print(hasattr(sys, "tracebacklimit"), hasattr(sys, "last_type"), hasattr(sys, "gettotalrefcount"), sys.exception())
