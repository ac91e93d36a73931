# Which attributes of a replacement stream are asked for at the end.
import sys
real = sys.stdout


class Out:
    def __getattr__(self, n):
        real.write(f"asked {n}\n")
        if n == "closed":
            return False
        raise AttributeError(n)

    def write(self, s):
        real.write(s)

    def __repr__(self):
        return "<Out>"


sys.stdout = Out()
sys.stderr = Out()
print("hello", file=sys.stdout)
print("flush", end="\n", flush=False)
