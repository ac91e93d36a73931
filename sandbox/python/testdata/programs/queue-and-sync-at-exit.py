# A producer and a consumer finished by a sentinel after the main thread ends.
import queue
import threading
q = queue.Queue(2)
done = []


def consume():
    while (x := q.get()) is not None:
        done.append(x)
    print("consumed", done)


def produce():
    for i in range(10):
        q.put(i)
    threading.main_thread().join()
    q.put(None)


threading.Thread(target=consume).start()
threading.Thread(target=produce).start()
print("main ends")
