def f():
    return 1 + {}["k"]


f()
