"""What somebody outside names as an address must not lead into our own network, at the second look either."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from requests import ConnectionError as NotReached

from conversations import public_web
from conversations.public_web import leads_outside, public_session


@pytest.fixture(autouse=True)
def _far_from_home(settings):
    settings.LOCAL = False


class Page(BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        self.server.called.append(self.headers["Host"])
        self.send_response(302 if self.path == "/onward" else 200)
        self.send_header("Location", f"http://inside.example:{self.server.server_port}/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def page():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.called = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def names(monkeypatch):
    """What each name means, look by look; every look is noted."""
    meanings, looks = {}, []

    def look(host, port, *args, **options):
        looks.append(host)
        meant = meanings.get(host, [host])
        address = meant.pop(0) if len(meant) > 1 else meant[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(public_web.socket, "getaddrinfo", look)
    return meanings, looks


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.7", "192.168.1.1", "172.16.9.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fd00::1",
     "fe80::1", "::ffff:127.0.0.1", "::127.0.0.1", "fec0::1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1",
     "2002:a00:7::1", "224.0.0.1", "ff0e::1"],
)  # fmt: skip
def test_address_of_our_own_network_is_not_reached(address):
    url = f"http://[{address}]:9/" if ":" in address else f"http://{address}:9/"
    assert not leads_outside(url)
    with pytest.raises(NotReached, match="not a public address"):
        public_session().get(url, timeout=2)


def test_name_that_means_another_machine_at_the_second_look_is_looked_up_once(page, names, monkeypatch):
    meanings, looks = names
    monkeypatch.setattr(public_web, "is_public", lambda address: address != "127.0.0.99")  # the first stands for public
    meanings["push.example"] = ["127.0.0.1", "127.0.0.99"]
    assert public_session().get(f"http://push.example:{page.server_port}/", timeout=60).status_code == 200
    assert page.called == [f"push.example:{page.server_port}"]
    assert looks.count("push.example") == 1, "a second look could mean another machine"


def test_redirect_into_our_own_network_is_not_followed(page, names, monkeypatch):
    meanings, _ = names
    meanings |= {"outside.example": ["127.0.0.1"], "inside.example": ["127.0.0.99"]}
    monkeypatch.setattr(public_web, "is_public", lambda address: address != "127.0.0.99")
    with pytest.raises(NotReached, match="inside.example is not a public address"):
        public_session().get(f"http://outside.example:{page.server_port}/onward", timeout=60)
    assert len(page.called) == 1


def test_one_private_address_among_public_ones_is_one_too_many(names, monkeypatch):
    monkeypatch.setattr(
        public_web.socket,
        "getaddrinfo",
        lambda *args, **options: [(2, 1, 6, "", (each, 443)) for each in ("93.184.216.34", "10.0.0.1")],
    )
    assert not leads_outside("https://push.example/")


def test_desk_on_ones_own_machine_reaches_its_own_servers(page, settings):
    settings.LOCAL = True
    assert public_session().get(f"http://127.0.0.1:{page.server_port}/", timeout=60).status_code == 200


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"]
)
def test_what_is_outside_is_reached_also_through_a_gateway(address):
    assert public_web.is_public(address)
