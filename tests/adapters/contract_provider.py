"""What one provider sends, and how it misbehaves: what an adapter gives to its contract (tests.adapters.contract)."""

from dataclasses import dataclass, field

from django.test import Client

from conversations.models import Channel
from integrations.models import Connector

ADDRESS = "the-last-word-of-the-address"


@dataclass(frozen=True)
class Sent:
    """One webhook, as it comes over the wire."""

    body: bytes
    content_type: str = "application/json"
    headers: dict = field(default_factory=dict)
    kind: str = ""  # the word behind the address, of a provider with two


class Provider:
    """What one provider sends. `server`: its simulator, for what goes out; None where none is needed."""

    adapter = ""
    medium = ""
    address = "us"
    settings: dict = {}
    secrets: dict = {}
    statuses = ("sent", "delivered", "read")  # that its reports tell
    splits_albums = False  # each file of an album is a message of its own
    to = "23"  # an identity to send to, in this medium's words
    kind = ""  # of that identity
    largest = 30_000_000  # bytes: a body of so many is refused

    def __init__(self, server=None):
        self.server = server

    def connect(self):
        channel, _new = Channel.objects.get_or_create(medium=self.medium, address=self.address, name=self.adapter)
        local = {"api_url": self.server.url} if self.server is not None else {}
        connector = Connector(name=self.adapter, adapter=self.adapter, channel=channel)
        connector.settings = {**local, **self.settings}
        connector.secrets = {"webhook_secret": ADDRESS, **self.secrets}
        connector.save()
        return connector

    def arrives(self, connector, sent, *, address=ADDRESS):
        """Brings it to the door; gives the status of the answer."""
        url = f"/hooks/{connector.pk}/{address}/" + (f"{sent.kind}/" if sent.kind else "")
        answer = Client().generic("POST", url, sent.body, content_type=sent.content_type, headers=sent.headers)
        return answer.status_code

    # -- in: each gives a Sent

    def said(self, text="Hello", number=1):
        """Ann's message with this text. `number` tells her messages apart: the same one is the same message."""
        raise NotImplementedError

    def forged(self):
        """`said`, with a signature that does not fit."""
        raise NotImplementedError

    def old(self):
        """`said`, as it was signed a day ago."""
        raise NotImplementedError

    def album(self, files):
        """A message of hers with so many files, in one webhook."""
        raise NotImplementedError

    def answering(self, number, answered):
        """Her message `number`, which answers her message `answered`."""
        raise NotImplementedError

    def edited(self, number, text, version):
        """`version`: later ones have greater numbers."""
        raise NotImplementedError

    def taken_back(self, number):
        raise NotImplementedError

    def reacted(self, number, emoji):
        raise NotImplementedError

    def reported(self, delivery, status):
        """The provider's word on a message of ours; `delivery.external_id` is its name of it."""
        raise NotImplementedError

    def uninteresting(self):
        """Several: genuine, and nothing to do for the desk."""
        raise NotImplementedError

    def garbage(self):
        """Several: genuine in address and signature, and no version of the provider sends such a thing."""
        raise NotImplementedError

    # -- out: each makes the simulator behave so from now on

    def rate_limits(self):
        self.server.busy = 100

    def goes_down(self):
        self.server.outage = True

    def falls_silent(self):
        """It has the whole message, and the connection closes."""
        self.server.breaks = 100

    def revokes(self, connector):
        """The connector's credential is refused from now on."""
        raise NotImplementedError

    def refuses(self):
        """It will never send to this person."""
        raise NotImplementedError
