# The error comes out of an imported helper, at import time and at call time.
import helper
try:
    helper.call(lambda: None.x)
except AttributeError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_filename, tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_lasti >= 0)
        tb = tb.tb_next
import broken
