"""Calls to providers: by the host that was looked at, and without a key in what is written down of their failure."""

import pytest

from integrations.adapters import calling
from integrations.adapters.base import AdapterError
from integrations.adapters.media import fetching


@pytest.mark.parametrize(
    "address",
    [
        "https://{evil}\\@localhost:1/photo.png",
        "https://{evil}\\.localhost/photo.png",
        "https://local\thost\\@{evil}/photo.png",
    ],
    ids=["user", "label", "tab"],
)
def test_a_key_goes_to_no_host_that_only_looks_known(address, monkeypatch):
    asked = []
    monkeypatch.setattr(calling, "public_session", lambda: asked.append("called"))
    with pytest.raises(AdapterError) as refusal:
        fetching.fetch(
            address.format(evil="127.0.0.1:9"),
            largest=100,
            headers={"Authorization": "Bearer ours"},
            known=["localhost"],
        )
    assert refusal.value.permanent and not asked


def test_an_address_of_another_script_is_still_one():
    calling._check("https://münchen.example/x")
    calling._check("https://[2001:db8::1]:8443/x")


@pytest.mark.parametrize(
    "given",
    [
        {"url": "http://127.0.0.1:9/bot123:TOKEN/getMe"},
        {"url": "http://127.0.0.1:9/v25.0/refresh", "params": {"access_token": "TOKEN"}},
        {"url": "ftp://someone:TOKEN@127.0.0.1:9/x?key=TOKEN"},
    ],
    ids=["path", "query", "no scheme of ours"],
)
def test_what_is_written_down_of_a_failure_has_no_key_in_it(given):
    with pytest.raises(calling.CallError) as failure:
        calling.call("GET", **given)
    assert "TOKEN" not in failure.value.said and failure.value.said


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        ("30", 30),
        ("0.5", 0.5),
        ("-5", 0),
        ("nan", 0),
        ("inf", calling.LONGEST_WAIT),
        ("999999999999999", calling.LONGEST_WAIT),
        ("Fri, 31 Dec 9999 23:59:59 GMT", calling.LONGEST_WAIT),
        ("Sat, 01 Jan 2000 00:00:00 GMT", 0),
        ("soon", calling.LATER),
    ],
    ids=["seconds", "part", "past", "no number", "for ever", "too long", "far date", "past date", "words"],
)
def test_nobody_keeps_a_connector_waiting_for_ever(told, waits):
    assert calling.seconds(told) == waits
