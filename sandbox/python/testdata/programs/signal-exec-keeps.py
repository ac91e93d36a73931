# Ignored signals and masks pass to children; Python restores SIGPIPE for them.
import signal
import subprocess
import sys
code = "import signal; print(signal.getsignal(10), signal.getsignal(13), signal.getsignal(12), signal.pthread_sigmask(0, []))"
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
signal.signal(signal.SIGUSR2, print)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
print(subprocess.run("grep -E 'Sig(Ign|Blk)' /proc/self/status", shell=True, capture_output=True, text=True).stdout)
print(subprocess.run("grep SigIgn /proc/self/status", shell=True, capture_output=True, text=True, restore_signals=False).stdout)
