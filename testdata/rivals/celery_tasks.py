# Celery's application, which the worker and the client share, and its task.
import os

import program
from celery import Celery

app = Celery("celery_tasks", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
run = app.task(program.run, name="run")
