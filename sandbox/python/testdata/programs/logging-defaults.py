# Logging without configuration, basicConfig, raiseExceptions, errors in formatting.
import logging
import sys
logging.getLogger("x").warning("last resort %s", "arg")
logging.getLogger("x").info("not shown")
print(logging.lastResort, logging.root, logging.getLogger("x"), logging.raiseExceptions, logging.root.handlers, logging.getLevelName(30))
logging.warning("adds a handler")
print(len(logging.root.handlers), logging.root.handlers[0].level)
logging.basicConfig(level="DEBUG")
logging.info("not shown: basicConfig had no effect")
logging.basicConfig(level="DEBUG", force=True, format="%(levelname)s:%(name)s:%(module)s:%(funcName)s:%(lineno)d:%(threadName)s:%(processName)s:%(message)s", stream=sys.stdout)
logging.debug("shown")


def f():
    logging.getLogger("a.b").error("in f", exc_info=False, stack_info=True)
    try:
        1 / 0
    except ZeroDivisionError:
        logging.exception("with traceback")


f()
logging.critical("wrong %d", "argument")
sys.stderr.flush()
logging.raiseExceptions = False
logging.critical("wrong %d", "argument")
print(logging.root.manager.loggerDict.keys(), logging._startTime > 0)
rec = logging.LogRecord("n", 1, "p", 1, "m", (), None)
print(0 <= rec.relativeCreated < 60000, rec.processName, rec.thread is not None)
