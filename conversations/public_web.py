"""The web outside: a session that reaches public addresses only, by the very address that was looked at."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

UNICAST = ipaddress.IPv6Network("2000::/3")  # all that is given out (IANA); the rest is of one network, or of none
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: IPv4 where there is only IPv6


def public_session() -> Session:
    """For addresses that somebody outside has named: one in our own network is refused as if nobody were there.

    A name is looked up once for each connection, and the connection goes to what was found: a name that means
    another machine a moment later (DNS rebinding) gains nothing. The desk on one's own machine reaches that, too.
    """
    session = Session()
    session.trust_env = False  # a proxy would look the name up again
    session.mount("https://", _Outward())
    session.mount("http://", _Outward())
    return session


def leads_outside(url: str) -> bool:
    """To be asked when a URL is told, so that whoever told it hears at once."""
    if settings.LOCAL:
        return True
    try:
        parts = urlsplit(url)
        _found(parts.hostname or "", parts.port or 443)
    except (OSError, ValueError):
        return False
    return True


def is_public(address: str) -> bool:
    return settings.LOCAL or _is_outside(ipaddress.ip_address(address))


def _is_outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Of an address of IPv6 that stands for one of IPv4, that one counts: a gateway would lead there."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    if address in TRANSLATED:
        return _is_outside(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    inner = address.ipv4_mapped or address.sixtofour
    return _is_outside(inner) if inner else address in UNICAST and address.is_global


def _found(host: str, port: int) -> str:
    """The first address of `host`; raises OSError unless all of them are public."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host.strip("[]"), port, proto=socket.IPPROTO_TCP)]
    if not found or not all(is_public(address.partition("%")[0]) for address in found):
        raise OSError(f"{host} is not a public address")
    return found[0]


def _connected(connection: HTTPConnection) -> socket.socket:
    try:
        address = _found(connection.host, connection.port)
        return create_connection(
            (address, connection.port), connection.timeout, socket_options=connection.socket_options
        )
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"Failed to establish a new connection: {error}") from error


class _PlainConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _SecureConnection(HTTPSConnection):
    """The certificate is still asked for the name: only the way there is another."""

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Outward(HTTPAdapter):
    def __init__(self) -> None:
        super().__init__()
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
