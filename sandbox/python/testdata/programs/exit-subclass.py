# A subclass of SystemExit with its own code attribute and a destructor.
class Leave(SystemExit):
    code = "class attribute"

    def __init__(self, x):
        super().__init__(x)
        self.code = 11

    def __del__(self):
        print("exception gone")


def deep(n):
    if not n:
        raise Leave("ignored")
    deep(n - 1)


deep(20)
