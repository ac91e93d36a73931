# Which warnings are shown, once per place, with the source line.
import helper
import warnings


def f(cat=UserWarning, n=1):
    warnings.warn("from f", cat, stacklevel=n)


for i in range(3):
    f()
    f(DeprecationWarning)
    f(DeprecationWarning, 2)
    f(PendingDeprecationWarning)
    f(ResourceWarning)
    f(FutureWarning, 2)
    f(BytesWarning)
    f(ImportWarning)
    f(RuntimeWarning, 50)
helper.g()
helper.g()
print(sorted((k[0], k[1].__name__, k[2]) for k in __warningregistry__ if k != "version"))
print(sorted(k[2] for k in helper.__warningregistry__ if k != "version"))
import os
os.popen("true")
x = open("main.py")
del x
warnings.warn("last é \udce9")
warnings.warn_explicit("explicit", UserWarning, "nofile.py", 12)
warnings.warn_explicit("explicit", UserWarning, __file__, 3, source=helper)
exec("warnings.warn('in exec')")
exec(compile("import imp", "main.py", "exec"))
