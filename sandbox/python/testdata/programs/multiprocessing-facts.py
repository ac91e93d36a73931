# Names, counters and configuration of multiprocessing before any child.
import multiprocessing as mp
import multiprocessing.process as mpp
import sys
import tempfile
import os
print(mp.get_all_start_methods(), mp.get_start_method(allow_none=True), mp.get_start_method(), mp.cpu_count() == os.cpu_count())
print(mp.current_process(), mp.current_process().name, mp.current_process()._identity, mp.current_process()._config.keys(), mp.current_process().daemon)
print(next(mpp._process_counter), mp.Process().name, mp.Process(name="x").name, mp.Process().name)
print(mp.get_logger().name, mp.get_logger().handlers, mp.util.get_temp_dir().startswith(os.getcwd()), os.path.basename(mp.util.get_temp_dir())[:5])
print([type(c).__name__ for c in (mp.get_context("fork"), mp.get_context("spawn"), mp.get_context("forkserver"))])
print(mp.Manager.__self__.__class__.__name__, mp.freeze_support())
print(sys.modules["__main__"].__name__, mp.spawn.get_executable() if hasattr(mp, "spawn") else None)
import random
print(random._inst.getstate()[0], mp.heap.Arena.__name__ if hasattr(mp, "heap") else "no heap")
