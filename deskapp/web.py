"""The web server: uvicorn in several processes that share a socket, and the memory of all that was loaded before."""

import os
import signal
import socket
import sys
import time
from types import FrameType

import structlog
import uvicorn

from deskapp import preparing
from deskapp.keeper import dies_with_parent

log = structlog.get_logger(__name__)

PAUSE = 1.0  # seconds before a process that died is started again


def serve(host: str, port: int, *, processes: int, grace: int) -> None:
    """Until SIGTERM or SIGINT. `grace`: seconds that requests have to finish then."""
    with socket.create_server((host, port), family=_family(host), backlog=2048) as listener:
        from deskapp.asgi import application
        from deskapp.sharing import share_memory  # which needs the apps, too

        share_memory()
        preparing.begin()
        config = uvicorn.Config(
            application,
            host=host,
            port=port,
            lifespan="off",
            timeout_graceful_shutdown=grace,
            ws_per_message_deflate=False,  # for frames of a kilobyte it costs more memory and time than it spares
        )
        if processes == 1:
            uvicorn.Server(config).run(sockets=[listener])
        else:
            Processes(config, listener).run(processes)


class Processes:
    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        self.config, self.listener = config, listener
        self.alive: set[int] = set()
        self.is_stopping = False

    def run(self, wanted: int) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for _ in range(wanted):
            self._start()
        while self.alive:
            pid, status = os.wait()
            self.alive.discard(pid)
            if not self.is_stopping:
                log.warning("a web process died and is started again", code=os.waitstatus_to_exitcode(status))
                time.sleep(PAUSE)
                self._start()

    def _start(self) -> None:
        if self.is_stopping:
            return
        if pid := os.fork():
            self.alive.add(pid)
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if ask := dies_with_parent(signal.SIGTERM):
            ask()
        uvicorn.Server(self.config).run(sockets=[self.listener])
        sys.exit(0)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.is_stopping = True
        for pid in self.alive:
            os.kill(pid, signal.SIGTERM)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
