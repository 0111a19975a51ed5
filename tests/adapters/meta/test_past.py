"""Messenger's and Instagram's talks, compared and read again: of each the newest twenty messages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Message
from integrations.adapters import adapter_named
from integrations.adapters.media.meta import past
from integrations.inbound import files
from integrations.simulators.meta_graph import PAGE
from tests.adapters.meta.talking import PSID, hear
from tests.adapters.pasts import counted, read_again
from tests.adapters.phoning import aside

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("on", "wired"), [
    ("messenger", {}), ("instagram", {"login": "instagram"}), ("instagram", {"login": "page", "page_id": PAGE}),
])  # fmt: skip
def test_talks_are_compared_and_read_again_without_doubles(graph, at, on, wired, monkeypatch):
    connector = at(on, **wired)
    monkeypatch.setattr(past, "AT_ONCE", 2)
    graph.talk(on, PSID, "Heard")
    hear(connector, graph)
    for person in ("501", "502", "503"):
        graph.talk(on, person, f"Missed of {person}")
    graph.show(on, "501", "image", "image/png", b"\x89PNG\r\n\x1a\n")
    graph.answer_in_inbox(on, "501", "Ours is left out")
    graph.owed.clear()
    assert counted(connector) == [(5, 1)]
    assert read_again(connector) == 2
    assert counted(connector) == [(5, 5)] and aside() == []
    assert Message.objects.filter(kind="inbound").count() == 5
    picture = Message.objects.get(attachments__isnull=False)
    files.fetch(picture.attachments.get().pk)
    assert picture.attachments.get().state == "whole"
    read_again(connector)
    assert Message.objects.count() == 5


def test_of_a_long_talk_the_newest_twenty_and_only_of_the_period(graph, messenger):
    now = timezone.now()
    for number in range(25):
        graph.talk("messenger", PSID, f"Words {number}", at=(now - timedelta(minutes=60 - number)).timestamp())
    graph.talk("messenger", "502", "Long ago", at=(now - timedelta(days=40)).timestamp())
    graph.owed.clear()
    assert counted(messenger) == [(20, 0)]
    read_again(messenger)
    texts = list(Message.objects.order_by("created_at").values_list("text", flat=True))
    assert texts == [f"Words {number}" for number in range(5, 25)]


def test_whatsapp_has_no_list_and_the_page_says_so():
    assert not hasattr(adapter_named("whatsapp"), "reconcile")
