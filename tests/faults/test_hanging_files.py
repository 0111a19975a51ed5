"""Hosts of files that hang, with a real worker: more of them than it has processes, and yet nobody else waits."""

import json
import time
from contextlib import ExitStack

import pytest
from kombu import Connection

from conversations.models import Attachment, Channel, Medium, Message
from integrations.adapters import calling
from integrations.inbound.process import accept
from integrations.models import Connector
from integrations.tasks import sweep_files, sweep_raw_events
from tests.faults.servers import Dripping, until

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 5000


def connected(name):
    channel = Channel.objects.create(name=name, medium=Medium.API, address=name)
    connector = Connector(name=name, adapter="api", channel=channel, settings={"source": name})
    connector.save()
    return connector


def writes(connector, name, server):
    """A message that names a file which lies on `server`."""
    file = {"name": f"{name}.png", "content_type": "image/png", "url": f"http://127.0.0.1:{server.port}/{name}"}
    said = {"kind": "message", "id": name, "from": {"id": name}, "text": name, "files": [file]}
    accept(connector, external_id=name, body=json.dumps(said).encode(), kind="message")


@pytest.mark.django_db(transaction=True)
def test_hosts_that_hang_delay_no_message_and_no_file_of_others(redis, workers):
    with ExitStack() as stack:
        broker = stack.enter_context(Connection(f"redis+socket://{redis}"))
        hanging = [stack.enter_context(Dripping(PNG)) for _ in range(3)]
        there = stack.enter_context(Dripping(PNG))
        there.hangs = False
        for number, server in enumerate(hanging):
            connector = connected(f"hanging {number}")
            for each in range(3):
                writes(connector, f"hangs-{number}-{each}", server)
        workers()  # with two processes

        def swept(holds):
            sweep_raw_events.apply_async(connection=broker)
            sweep_files.apply_async(connection=broker)
            time.sleep(0.2)
            return holds()

        until(lambda: swept(lambda: all(server.callers for server in hanging)))
        writes(connected("market"), "whole", there)
        until(lambda: swept(lambda: Attachment.objects.filter(name="whole.png", state="whole").exists()))
        assert Message.objects.count() == 10
        waiting = Attachment.objects.filter(state="waiting")
        assert waiting.count() == 9 and not waiting.exclude(why="").exists()  # none of them has ended meanwhile
        assert [len(server.callers) for server in hanging] == [1, 1, 1]  # one turn for each connector


def test_an_answer_that_drips_comes_to_an_end():
    with Dripping(PNG, every=0.05) as server, pytest.raises(calling.SilentError, match="does not end"):
        calling.call("GET", f"http://127.0.0.1:{server.port}/", timeout=(5, 0.5))
