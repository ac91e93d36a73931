# help() and pydoc into a pipe.
import helper
help(helper)
help(helper.f)


class C:
    """A class."""
    x: int = 3

    def m(self, a: str = "b") -> None:
        "method"


help(C)
help("nothing_of_this_name")
help(len)
help("assert")
import __main__
import pydoc
print(pydoc.render_doc(C.m), pydoc.pager.__name__, pydoc.plainpager.__name__)
