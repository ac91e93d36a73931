# Weak reference callbacks and proxies when the interpreter ends.
import weakref


class A:
    def __del__(self):
        print("del A")


def cb(r):
    print("callback", r())


a = A()
r1 = weakref.ref(a, cb)
b = A()
wd = weakref.WeakValueDictionary(x=b)
wk = weakref.WeakKeyDictionary({b: 1})
ws = weakref.WeakSet([a, b])
_r2 = weakref.ref(b, lambda r: print("second callback"))


class P:
    def __init__(self, t):
        self.t = weakref.proxy(t)

    def __del__(self):
        try:
            print("proxy sees", type(self.t.__class__))
        except ReferenceError as e:
            print(e)


p = P(a)
q = P(b)
print(len(wd), len(wk), len(ws))
