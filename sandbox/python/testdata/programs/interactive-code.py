# code.interact, InteractiveConsole and cmd with input from a pipe.
import cmd
import code
import sys


class Sh(cmd.Cmd):
    prompt = "(sh) "

    def do_hi(self, a):
        print("hi", a)

    def do_quit(self, a):
        return True


Sh().cmdloop("welcome")
code.interact(banner="banner", local={"x": 5}, exitmsg="bye")
print(hasattr(sys, "ps1"), "readline" in sys.modules)
c = code.InteractiveInterpreter({"__name__": "n"})
print(c.runsource("if 1:"), c.runsource("1/0"), c.runsource("a b"), c.runsource("print(__name__)"))
c.runcode(compile("raise KeyError('k')", "<console>", "exec"))
