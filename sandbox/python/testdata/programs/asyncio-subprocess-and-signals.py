# Child processes, signal handlers and pipes in the loop.
import asyncio
import os
import signal
import sys


async def main():
    p = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(input()[::-1]); raise SystemExit(4)", stdin=-1, stdout=-1)
    print(await p.communicate(b"abc\n"), p.returncode)
    p = await asyncio.create_subprocess_shell("exec sleep 20")
    p.kill()
    print(await p.wait())
    loop = asyncio.get_running_loop()
    got = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, lambda: (print("signal"), got.set()))
    os.kill(os.getpid(), signal.SIGUSR1)
    await got.wait()
    print(loop.remove_signal_handler(signal.SIGUSR1), signal.getsignal(signal.SIGUSR1))
    r = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(r), sys.stdin)
    print(await r.read())
    a, b = __import__("socket").socketpair()
    rd, wr = await asyncio.open_connection(sock=a)
    wr.write(b"x\n")
    await loop.sock_sendall(b, b"pong\n") if False else b.send(b"pong\n")
    print(await rd.readline(), b.recv(5))
    wr.close()
    b.close()


asyncio.run(main())
