class Stash:
    """Modules imported ahead, and out of sight until they are asked for.

    In sys.modules they would shadow the program's own files, and be seen. So
    they are taken out of it. importlib takes a lock before it looks there for
    the last time, and then imports: taking the lock delivers them, in the order
    in which a real import would have come to their ends, with what each did to
    others on the way. Where anything might make a real import end differently,
    nothing is delivered, and it is made. So no frame of ours is under it."""

    def __init__(self):
        import sys
        import _frozen_importlib
        self.modules = sys.modules
        self.importlib = _frozen_importlib
        self.site = sys.modules["site"]
        self.loader = sys.modules["_frozen_importlib_external"].SourceFileLoader
        self.begin = dict(sys.modules)          # what a program finds there at its start
        self.importlibs = [sys.modules[n] for n in ("_frozen_importlib", "_frozen_importlib_external")]
        self.events = {}   # of a module's import, in order: the names that it imported or entered in sys.modules
        self.found = {}    # of a module's search: entries of sys.path_importer_cache, with their place in the order
        self.effects = {}  # of a module's import on others: functions and their arguments
        self.asked = {}    # of a module's import: all that it looked for
        self.watched = []  # where it shows whether the program has touched anything yet, and whether the first modules: see End.describe
        self.wholes = {}   # of large modules: what to deliver at once, see prepare_whole
        now, urandom = sys.modules["time"].time, sys.modules["posix"].urandom
        self.fixups = {    # what cannot stay as it was made in the zygote
            "threading": lambda m: m._main_thread._set_native_id(),
            "logging": lambda m: setattr(m, "_startTime", now()),
            "multiprocessing.process": lambda m: m._current_process._config.update(authkey=m.AuthenticationString(urandom(32))),
        }
        self.made = {}     # by a module's import alone: so many objects that the collector counts
        self.after_fork = {}  # of modules, what is to be called in a child; later, lists of calls

    def get(self, name):
        """Imports a module and records what happens on the way."""
        import sys
        import atexit
        import builtins
        import gc
        import os
        import warnings

        modules, events, effects = self.modules, self.events, self.effects
        find, import_ = self.importlib._find_and_load, builtins.__import__
        at_fork, at_exit = os.register_at_fork, atexit.register
        stack, seen = [None], set(modules)
        cache, cached = sys.path_importer_cache, set(sys.path_importer_cache)
        filtered, nested = [], [0]

        def note(name):
            events.setdefault(stack[-1], []).append(name)

        def note_entered():
            for name in [n for n in modules if n not in seen and n not in stack]:
                seen.add(name)
                note(name)
            for key in [k for k in cache if k not in cached]:
                cached.add(key)
                self.found.setdefault(stack[-1], []).append((len(cached), key, cache[key]))

        def find_and_load(name, import_):
            begin, = gc.get_count()[:1]
            note_entered()
            note(name)
            stack.append(name)
            nested.append(0)
            filters = list(warnings.filters)
            attributes = [dict(vars(m)) for m in self.importlibs]
            own, = gc.get_count()[:1]
            try:
                return find(name, import_)
            finally:
                self.made[name] = max(0, gc.get_count()[0] - own - nested.pop())
                note_entered()
                for module, before in zip(self.importlibs, attributes):
                    space = vars(module)
                    changed = {n: v for n, v in space.items() if before.get(n, stack) is not v}
                    if changed and name == "importlib":  # it gives them another name
                        affect(self.change, module, changed)
                        space.update({n: before[n] for n in changed if n in before})
                        for n in changed.keys() - before.keys():
                            del space[n]
                added = [f for f in warnings.filters if f not in filters and f not in filtered]
                if added:
                    filtered.extend(added)
                    affect(self.add_filters, added)
                stack.pop()
                if name in modules:
                    seen.add(name)
                nested[-1] += gc.get_count()[0] - begin

        def wrapped_import(name, globals=None, locals=None, fromlist=(), level=0):
            note_entered()
            module = import_(name, globals, locals, fromlist, level)
            if level:
                name = self.importlib._resolve_name(name, self.importlib._calc___package__(globals), level)
            parts = name.split(".")
            for n in range(len(parts)):
                note(".".join(parts[:n + 1]))
            for item in fromlist or ():
                if name + "." + str(item) in modules:
                    note(name + "." + item)
            return module

        def affect(function, *args, **kwargs):
            effects.setdefault(stack[-1], []).append((function, args, kwargs))

        def register_at_fork(**hooks):
            affect(at_fork, **hooks)
            # It is told of the fork that there was. Only threading is not: no
            # lock was held, and the thread is still the main one.
            after = hooks.get("after_in_child")
            if after is not None and stack[-1] != "threading":
                self.after_fork.setdefault(stack[-1], []).append(after)

        def register(func, *args, **kwargs):
            affect(at_exit, func, *args, **kwargs)
            return func

        self.importlib._find_and_load, builtins.__import__ = find_and_load, wrapped_import
        os.register_at_fork, atexit.register = register_at_fork, register
        gc.disable()
        try:
            import_(name)
        finally:
            gc.enable()
            self.importlib._find_and_load, builtins.__import__ = find, import_
            os.register_at_fork, atexit.register = at_fork, at_exit
        return modules[name]

    def order(self, name):
        """The names whose import has to have ended when that of name ends, in
        the order in which they do."""
        order, visited = [], set(self.begin)

        def visit(name):
            parent = name.rpartition(".")[0]
            if parent and name not in visited:
                visit(parent)  # which may import it
            if name in visited:
                return
            visited.add(name)
            for other in self.events.get(name, ()):
                visit(other)
            if name in self.stashed:
                order.append(name)

        visit(name)
        self.asked[name] = visited.difference(self.begin)  # also what there was not
        return tuple(order)

    def hide(self):
        """Takes what was imported out of sight, and all that it changed back."""
        import sys
        modules, begin = self.modules, self.begin
        for entries in self.found.values():
            for _, key, _ in entries:
                sys.path_importer_cache.pop(key, None)
        self.stashed = stashed = {n: m for n, m in modules.items() if n not in begin}
        if "numpy.random.mtrand" in stashed:
            self.after_fork["numpy.random.mtrand"] = [stashed["numpy.random.mtrand"]._rand.seed]
        self.orders = {name: self.order(name) for name in stashed}
        for name, module in stashed.items():  # packages have it as an attribute when the submodule is imported
            parent, _, child = name.rpartition(".")
            space = vars(modules[parent]) if parent else {}
            if space.get(child) is module and name not in self.orders.get(parent, ()):
                del space[child]
                self.effects.setdefault(name, []).insert(0, (self.change, (modules[parent], {child: module}), {}))
        for name in stashed:
            del modules[name]
        self.events.clear()
        self.warnings = warnings = begin.get("warnings") or stashed["warnings"]
        added = [f for some in self.effects.values() for function, args, _ in some if function == self.add_filters for f in args[0]]
        warnings.filters[:] = [f for f in warnings.filters if f not in added]
        warnings._filters_mutated()

    def watch_imports(self):
        """Delivers from here on."""
        import sys
        import builtins
        import os
        modules, begin, stashed, importlib = self.modules, self.begin, self.stashed, self.importlib
        orders, found, made = self.orders, self.found, self.made
        effects, after_fork, fixups = self.effects, self.after_fork, self.fixups
        # What a real import would be influenced by, as it is now.
        path, meta_path, path_hooks = list(sys.path), list(sys.meta_path), list(sys.path_hooks)
        existing = [place for place in path if os.path.exists(place)]
        cache, import_ = sys.path_importer_cache, builtins.__import__
        listdir, manager, lock_unlock = modules["posix"].listdir, importlib._ModuleLockManager, importlib._lock_unlock_module
        finder = modules["_frozen_importlib_external"].PathFinder._path_importer_cache
        lock = modules["_thread"].RLock()
        os.register_at_fork(after_in_child=lambda: lock._is_owned() or lock._at_fork_reinit())
        get_ident, main = modules["_thread"].get_ident, modules["_thread"].get_ident()
        spare = [f for f in (finder("/"),) if f is not None]
        finders = [type(None), *map(type, spare), modules["zipimport"].zipimporter]
        cache.pop("/", None)
        changed, watched, wholes, known = self.changed, self.watched, self.wholes, len(begin)
        without_search = {n for n, m in stashed.items() if getattr(getattr(m, "__spec__", None), "origin", None) in ("built-in", "frozen")}
        SUFFIXES, ENOENT, EACCES = (".py", ".pyc", ".so"), 2, 13
        pool, tops = {}, {}  # of a module, what its import looks for
        for name in stashed:
            top = frozenset([n.partition(".")[0] for n in self.asked[name]])
            tops[name] = pool.setdefault(top, top)  # many are the same
        home = {}  # the places where those are found
        for name, module in stashed.items():
            file = getattr(module, "__file__", None)
            if file and "." not in name:
                place = os.path.dirname(file)
                home[name] = os.path.dirname(place) if hasattr(module, "__path__") else place
        delivered = set()
        missing = object()

        self.at_once, self.first = (), {}  # what was delivered so, and what was in sys.modules before

        def before(name):
            """Where a search for what the module needs would look first: there
            is none of it. None: it would end in another way, or may. Nothing
            is caught here that a signal's handler may raise."""
            now = getattr(sys, "path", None)
            if (type(now) is not list or getattr(sys, "meta_path", None) != meta_path or getattr(sys, "path_hooks", None) != path_hooks
                    or getattr(sys, "modules", None) is not modules or getattr(sys, "path_importer_cache", None) is not cache
                    or getattr(builtins, "__import__", None) is not import_ or not intact()
                    or "threading" in tops[name] and "threading" not in modules and get_ident() != main):
                return None
            first = now[:1] if now[1:] == path else others(now)
            for place in first:
                if type(place) is not str or type(cache.get(place)) not in finders:
                    return None
                there = names(place)
                if there is None or not tops[name].isdisjoint(there) and any([home.get(top) != place for top in tops[name].intersection(there)]):
                    return None
            return first

        def others(now):  # what stands in sys.path before the last of those that are usual, and are there
            at, first = 0, []
            for place in now:
                if isinstance(place, str) and at < len(existing):
                    if place == existing[at]:
                        at += 1
                    else:
                        first.append(place)
            return first if at == len(existing) else [None]

        def names(place):  # of what may be modules there, and packages
            try:
                return [file.partition(".")[0] for file in listdir(place or ".") if "." not in file or file.endswith(SUFFIXES)]
            except OSError as e:
                if e.errno is None:
                    raise  # by a signal's handler
                return () if e.errno in (ENOENT, EACCES) else None

        def intact():  # what imports there were before would be made again, where they are missed
            return changed(*watched[2:]) < 0 or all([modules.get(n) is m for n, m in begin.items() if n not in ("__main__", "site")])

        def deliverable(order):
            for name in order:
                module = modules.get(name, missing)
                if module is missing:
                    if name in delivered or name in self.at_once:
                        return False
                elif module is not stashed[name]:
                    return False
            return True

        def _ModuleLockManager(name):
            if name not in orders or name in modules:
                return manager(name)
            with lock:  # no other thread delivers meanwhile
                places = before(name)
                if name in modules:
                    new = 0
                elif places is None:
                    return manager(name)
                # Of the first modules, two are not watched.
                elif (name in wholes and len(modules) == known and changed(*watched[:2]) < 0
                        and modules.get("site") is self.site and "__main__" in modules):
                    new = deliver_whole(name, places, *wholes.pop(name))
                else:
                    new = None
                if new is None:
                    if not deliverable(orders[name]):
                        return manager(name)
                    new = deliver(orders[name], places)
            self.age(self.python, new)  # may call destructors of the program's, which may do anything
            return lock

        # Who finds a module that another thread may just be importing waits for it.
        def _lock_unlock_module(name):
            if name not in stashed or modules.get(name) is not stashed[name]:
                lock_unlock(name)

        # A search leaves a finder for each place.
        def search(places):
            for place in places:
                if place not in cache and place[:1] == "/" and spare:
                    one = cache[place] = spare.pop()
                    one.path = place
                else:
                    finder(place)

        def deliver(order, places):
            if not without_search.issuperset(order):  # what is part of the interpreter takes none
                search(places)
            order = [name for name in order if name not in modules]
            for _, key, value in sorted([entry for name in order for entry in found.get(name, ())]):
                cache[key] = value
            self.count.value += len(order)  # of what may be in sys.modules
            for name in order:
                if name in after_fork:
                    self.run(after_fork[name])
                fix(name)
                modules[name] = stashed[name]  # to be found by others, and not before
                delivered.add(name)
                for function, args, kwargs in effects.get(name, ()):
                    function(*args, **kwargs)
            if len(order) > 8:  # in between, it has room
                self.expect_modules()
            return sum([made[name] for name in order if name in made])

        def deliver_whole(name, places, names, space, rows, new):
            search(places)
            for one in fixups:
                if one in names:
                    fix(one)
            space["__main__"] = modules["__main__"]
            self.run(rows)
            del space["__main__"]  # which nobody else has
            if name not in modules:  # another thread entered something meanwhile
                return None
            self.at_once, self.first = names, space
            return new

        def fix(name):
            if name in fixups:
                fixups[name](stashed[name])
                self.expect(stashed[name])

        # A tracing program has seen no other file's functions in an import.
        def of_importlib(code):
            consts = [of_importlib(c) if type(c) is type(code) else c for c in code.co_consts]
            return code.replace(co_filename=importlib._find_and_load.__code__.co_filename, co_consts=tuple(consts))

        for function in (before, others, names, intact, deliverable, _ModuleLockManager, _lock_unlock_module, search, deliver, deliver_whole, fix,
                         Stash.change, Stash.add_filters, End.expect, End.expect_modules, End.module_slots, End.slots, Native.array, *fixups.values()):
            function.__code__ = of_importlib(function.__code__)
        self.originals, self.unfreeze = {"_ModuleLockManager": manager, "_lock_unlock_module": lock_unlock}, stashed["gc"].unfreeze
        importlib._ModuleLockManager, importlib._lock_unlock_module = _ModuleLockManager, _lock_unlock_module

    def prepare_whole(self, name, end):
        """Gets a large module ready to be delivered to a program that has
        imported nothing yet: sys.modules takes over the table of a dictionary
        that has everything in it. To enter hundreds of modules one by one
        would be to write to each, and so to copy its page."""
        order = self.orders.get(name, ())
        if len(order) < 40:
            return
        space = {n: m for n, m in self.modules.items() if n != "site"}
        space["site"] = self.site  # the last to come to its end
        for n in order:
            space[n] = self.stashed[n]
        rows = [row for n in order for row in self.after_fork.get(n, ())]
        rows += [(end.SKIP_IF, id(self.modules) + 16, len(self.begin), 1), (end.STOP,)] + end.exchange(space)
        rows += end.search(sorted([entry for n in order for entry in self.found.get(n, ())]))
        for function, args, kwargs in [effect for n in order for effect in self.effects.get(n, ())]:
            if function == self.change:
                rows += end.change(*args)
            elif function == self.add_filters:
                rows += end.filters(*args)
            else:
                rows.append((end.at.PyObject_Call, end.keep(function), end.keep(args), end.keep(kwargs)))
        self.wholes[name] = frozenset(order), space, end.write(rows), sum([self.made.get(n, 0) for n in order])

    def change(self, module, attributes):
        vars(module).update(attributes)
        self.expect(module)

    def add_filters(self, added):
        self.warnings.filters[:0] = [f for f in added if f not in self.warnings.filters]
        self.warnings._filters_mutated()

    def give_up(self):
        """Leaves CPython alone with what it has, to finalize it."""
        vars(self.importlib).update(self.originals)
        self.unfreeze()
        for kept in self.begin, self.stashed, self.effects, self.after_fork, self.fixups, self.orders, self.first, self.wholes:
            kept.clear()
