# TZ from the environment.
import datetime
import time
print(time.tzname, time.timezone, time.daylight, time.altzone)
print(time.localtime(0)[:6], datetime.datetime.fromtimestamp(86400 * 180).astimezone().isoformat(), datetime.datetime.now().tzinfo)
print(time.strftime("%Z %z", time.localtime(0)), time.mktime((2020, 6, 1, 0, 0, 0, 0, 0, -1)))
import os
os.environ["TZ"] = "XYZ-3"
time.tzset()
print(time.tzname, time.timezone, time.localtime(0)[3])
print(time.ctime(0), datetime.datetime(2020, 1, 1).timestamp())
