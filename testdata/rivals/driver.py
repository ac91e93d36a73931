# The client: takes programs, a line of JSON each, has a library run them, many at once, and prints their results.
import json
import queue
import sys
import threading
import time

PATIENCE = 60  # seconds


def with_rq(workers):
    import rq_tasks
    from rq import Worker
    from rq.results import Result

    while Worker.count(queue=rq_tasks.queue) < workers:
        time.sleep(0.01)

    def run(code):
        job = rq_tasks.queue.enqueue(rq_tasks.run, code)
        # RQ 1.16 can wait for a result, in this way; before, one can only look again
        # and again, which is slower: by what one sleeps, or by what looking takes.
        job.connection.xread({Result.get_key(job.id): "0"}, block=PATIENCE * 1000)
        result = job.latest_result()
        if result is None or result.type != Result.Type.SUCCESSFUL:
            raise RuntimeError(result.exc_string if result else "no result in time")
        return result.return_value

    return run


def with_celery(_):
    import celery_tasks

    return lambda code: celery_tasks.run.delay(code).get(timeout=PATIENCE)


def main(library, workers, at_once):
    run = {"rq": with_rq, "celery": with_celery}[library](int(workers))
    todo, printing = queue.SimpleQueue(), threading.Lock()

    def work():
        while True:
            task = todo.get()
            try:
                answer = run(task["code"])
            except Exception as e:
                answer = {"error": f"{type(e).__name__}: {e}"}
            with printing:
                print(json.dumps({"id": task["id"], **answer}), flush=True)

    for _ in range(int(at_once)):  # threads that stay, because each has connections of its own
        threading.Thread(target=work, daemon=True).start()
    for line in sys.stdin:
        todo.put(json.loads(line))


main(*sys.argv[1:])
