// Package sandbox runs programs that nobody trusts, and says how each ended.
//
// One method does it: [Sandbox.Run] takes a [Job], files and the steps to run
// in one directory, and returns a [Result] for each step that was run. That a
// program fails, loops or attacks is a result; an error means that the sandbox
// did not run it.
//
// # How it isolates
//
// It works as root in an ordinary unprivileged container, where neither
// namespaces nor cgroups can be had. Every run gets a uid that nothing is left
// of, and what follows from that: the kernel keeps its files and processes
// apart from everybody else's, and one kill ends all that it forked. The other
// layers narrow what is left: no_new_privs, resource limits, Landlock, a seccomp
// allow-list, a watchdog that measures the memory and disk of the whole run,
// and a sweep that removes what a run leaves in shared directories. [Layers]
// names them; [Probe] says which of them this machine has.
//
// The layers are applied by this very binary, executed again as a shim: see
// sandbox/internal/shim. A package that imports sandbox can be executed so
// without further ado, test binaries included.
//
// # What it does not do
//
// Two programs that cooperate and run at the same time can signal each other,
// by the load they cause, by record locks on /dev/null, or by a file in
// /dev/shm that one of them makes readable. No program can do so with one that
// does not cooperate. And the kernel is shared: a hole in it is a hole here.
package sandbox
