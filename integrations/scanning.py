"""Looks through a file for viruses, where the desk has a scanner: clamd, by its INSTREAM command.

https://docs.clamav.net/manual/Usage/Scanning.html#clamd and man clamd(8): chunks of a length in four bytes, big-endian,
ended by an empty one; it answers "stream: OK", "stream: NAME FOUND" or "… ERROR".
"""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

CHUNK = 1 << 16
PATIENCE = 60.0  # seconds


class InfectedError(Exception):
    """What was found, in the scanner's word."""


class NoScannerError(Exception):
    """It was not reached, or did not end its work: nobody knows."""


def look_through(body: bytes) -> None:
    """Raises InfectedError or NoScannerError. Without a scanner, all is well."""
    if not settings.CLAMD:
        return
    try:
        said = _said_of(body)
    except OSError as error:
        raise NoScannerError(str(error)) from error
    if said.endswith(" FOUND"):
        raise InfectedError(said.removeprefix("stream: ").removesuffix(" FOUND"))
    if said != "stream: OK":
        raise NoScannerError(said)


def _said_of(body: bytes) -> str:
    with _connected() as scanner:
        scanner.sendall(b"zINSTREAM\0")
        for start in range(0, len(body), CHUNK):
            part = body[start : start + CHUNK]
            scanner.sendall(struct.pack("!I", len(part)) + part)
        scanner.sendall(struct.pack("!I", 0))
        answer = b""
        while part := scanner.recv(4096):
            answer += part
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _connected() -> socket.socket:
    where = urlsplit(settings.CLAMD)
    if where.scheme == "unix":
        scanner = socket.socket(socket.AF_UNIX)
        scanner.settimeout(PATIENCE)
        scanner.connect(where.path)
        return scanner
    return socket.create_connection((where.hostname or "localhost", where.port or 3310), timeout=PATIENCE)
