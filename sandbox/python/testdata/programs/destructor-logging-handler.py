# Own handler, file object and destructor that logs at exit.
import logging


class H(logging.Handler):
    def emit(self, r):
        print("emit", r.getMessage())

    def flush(self):
        print("flush")

    def close(self):
        print("close")
        super().close()


logging.getLogger().addHandler(H())


class D:
    def __del__(self):
        try:
            logging.warning("from destructor")
        except BaseException as e:
            print(type(e).__name__, e)


d = D()
logging.warning("normal")
