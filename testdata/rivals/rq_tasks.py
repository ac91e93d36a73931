# RQ's queue, and its task: a function that the workers can import.
import os

from program import run
from redis import Redis
from rq import Queue

queue = Queue(connection=Redis.from_url(os.environ["REDIS_URL"]))
