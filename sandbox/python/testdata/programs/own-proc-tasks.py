import os
print(len(os.listdir("/proc/self/task")), os.nice(0), os.sched_getscheduler(0))
for line in open("/proc/self/status"):
    if line.split(":")[0] in ("Name", "State", "Threads", "TracerPid"):
        print(line.strip())
