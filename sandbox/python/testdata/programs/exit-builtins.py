# exit, quit, copyright, credits and license as site made them.
import builtins
for n in "exit", "quit", "copyright", "credits", "license", "help":
    o = getattr(builtins, n)
    print(n, type(o), repr(o)[:60], sorted(vars(o)))
print(exit.__module__ if hasattr(exit, "__module__") else "", open.__module__, print.__module__)
exit(21)
