# Clocks near the start.
import datetime
import os
import time
print(time.process_time() < 1, time.thread_time() < 1, time.perf_counter() > 0, time.monotonic() > 0, abs(time.time() - datetime.datetime.now().timestamp()) < 5)
print(time.get_clock_info("monotonic").implementation, time.get_clock_info("process_time").implementation, time.tzname, time.timezone)
a = time.monotonic_ns()
time.sleep(0.01)
print(time.monotonic_ns() - a > 9_000_000, os.times().user < 1, os.times().elapsed > 0, time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID) < 1)
print(datetime.datetime.now().tzinfo, datetime.datetime.now(datetime.timezone.utc).tzinfo, time.time_ns() > 10 ** 18)
st = os.stat("main.py")
print(time.time() - st.st_mtime < 3600)
start = int(open("/proc/self/stat").read().rpartition(")")[2].split()[19])
up = float(open("/proc/uptime").read().split()[0])
print("process younger than a minute:", up - start / os.sysconf("SC_CLK_TCK") < 60)
