# Timers: fired after the main thread ended, cancelled, daemon.
import threading
t = threading.Timer(0.15, print, ["timer fired"])
t.start()
c = threading.Timer(50, print, ["never"])
c.start()
c.cancel()
d = threading.Timer(50, print)
d.daemon = True
d.start()
print(t.name, c.name, repr(d).split(",")[0])
print("end")
