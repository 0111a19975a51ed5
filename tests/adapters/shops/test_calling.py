"""What a shop's server may do to us: each ends in words, and none in a second refund or a key in the wrong hands."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from integrations.adapters import calling
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.shops.calling import BusyError, RefusedError, call, patient
from integrations.simulators.server import Reply
from integrations.simulators.shops.server import ShopServer


class Odd(ShopServer):
    reply = Reply({})

    def answer(self, call):
        return self.reply


@pytest.fixture
def odd():
    with Odd() as server:
        yield server


def told(error, odd, reply, **how):
    odd.reply = reply
    with pytest.raises(error) as caught:
        call("POST", f"{odd.url}/x", json={}, **how)
    return caught.value


def test_a_redirect_is_not_followed_and_takes_no_key_along(odd):
    with Odd() as elsewhere:
        away = Reply({}, 302, {"Location": elsewhere.url})
        found = told(RefusedError, odd, away, headers={"X-Shopify-Access-Token": "secret"})
        assert not elsewhere.calls
    assert "moved to another address" in str(found)


@pytest.mark.parametrize(
    ("wait", "at_least", "at_most"),
    [
        ("7", 7, 7),
        ("2.5", 2.5, 2.5),
        (timedelta(hours=1), 3000, 3600),
        (timedelta(hours=-1), 0, 0),
        ("soon", calling.LATER, calling.LATER),
        ("", calling.LATER, calling.LATER),
    ],
    ids=["seconds", "fraction", "in an hour", "an hour ago", "word", "nothing"],  # the same for every worker
)
def test_how_long_a_busy_shop_wants_to_be_left_alone(odd, wait, at_least, at_most):
    said = wait if isinstance(wait, str) else format_datetime(datetime.now(UTC) + wait)  # by the test's own clock
    found = told(BusyError, odd, Reply({}, 429, {"Retry-After": said}))
    assert at_least <= found.wait <= at_most
    assert told(BusyError, odd, Reply({}, 503, {"Retry-After": "9"})).wait == 9


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "does not know the desk's key"), (403, "may not do this"), (404, "no such thing"), (422, "Amount is odd")],
)
def test_a_refusal_is_for_good_and_says_why(odd, status, words):
    found = told(RefusedError, odd, Reply({"errors": {"base": ["Amount is odd"]}}, status))
    assert found.permanent
    assert words in str(found)


def test_a_server_in_trouble_may_have_done_what_was_asked(odd):
    assert not told(AdapterError, odd, Reply({}, 500)).permanent
    assert "may have been done" in str(told(UncertainError, odd, Reply({}, 500), changes=True))
    odd.breaks = 2
    assert "in the middle of its answer" in str(told(AdapterError, odd, Reply({})))
    assert "may have been done" in str(told(UncertainError, odd, Reply({}), changes=True))


def test_nobody_there_has_done_nothing(odd):
    odd.stop()
    with pytest.raises(AdapterError, match="does not answer") as caught:
        call("POST", odd.url, changes=True)
    assert not isinstance(caught.value, UncertainError)
    odd.stop = lambda: None


def test_an_answer_without_an_end_is_not_read_to_it(odd, monkeypatch):
    monkeypatch.setattr(calling, "LARGEST_ANSWER", 1000)
    assert "stopped in the middle" in str(told(AdapterError, odd, Reply(["x" * 200_000])))


def test_a_page_where_an_answer_belongs(odd):
    odd.reply = Reply("<html>Welcome</html>")
    found = call("GET", odd.url)
    assert found.body == b"<html>Welcome</html>"
    with pytest.raises(AdapterError, match="is this the address of its API"):
        found.json  # noqa: B018


def test_an_agent_waits_for_a_short_while_only():
    tries = []

    def busy(wait):
        def ask():
            tries.append(wait)
            raise BusyError("busy", wait=wait)

        return ask

    with pytest.raises(BusyError):
        patient(busy(0.01))
    assert tries == [0.01, 0.01]
    with pytest.raises(BusyError):
        patient(busy(60))
    assert tries == [0.01, 0.01, 60]
