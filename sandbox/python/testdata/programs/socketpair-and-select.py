import select
import selectors
import socket
a, b = socket.socketpair()
a.sendall(b"hello")
print(select.select([b], [a], [], 1)[0] == [b], b.recv(10), a.family.name, a.gettimeout(), socket.getdefaulttimeout())
with selectors.DefaultSelector() as s:
    s.register(b, selectors.EVENT_READ, "data")
    print(type(s).__name__, s.select(0), a.send(b"x"), [k.data for k, m in s.select(1)])
a.settimeout(0.01)
try:
    a.recv(1)
except TimeoutError as e:
    print(repr(e))
p = select.poll()
p.register(b, select.POLLIN)
print([ev for _, ev in p.poll(100)], b.fileno() > 2)
a.close()
print(b.recv(5), b.recv(5))
