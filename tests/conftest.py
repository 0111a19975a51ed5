"""The cast: Ada and Grace answer in Returns, Linus in Billing, Sam supervises, Ann writes in."""

import math
import uuid
from datetime import datetime

import pytest
from asgiref.sync import SyncToAsync
from django.db import connection, connections
from django.utils import timezone, translation

from conversations import promises, rules
from conversations.envelopes import InboundMessage
from conversations.live import wire
from conversations.models import Channel, Medium, Team
from conversations.reports import counted_hours
from customers.identify import Handle
from deskapp.models import Role, User
from integrations.models import Connector
from integrations.simulators import server
from tests import databases

PASSWORD = "a long and calm password"
SHOP_SECRET = "the shop and the desk know this, and nobody else"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Of what all workers copy: to migrate takes each a quarter of a minute."""
    connection.settings_dict["TEST"]["TEMPLATE"] = databases.migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The thread in which asynchronous tests use the ORM holds a connection; a database in use cannot be dropped."""
    with pytest.MonkeyPatch.context() as patched:
        with django_db_blocker.unblock():
            databases.empty_by_deleting(patched)
        yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(scope="session", autouse=True)
def _simulators_end_at_once():
    """Two thousand tests have one of their own: what each waits for its end is a minute of the whole."""
    server.PULSE = 0.005


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _the_desks_own_language():
    """Otherwise a page that a test asked for in another leaves that one to the next test."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nobody_listens_until_asked(monkeypatch):
    """Whether rules listen is asked every two seconds: a statement that would come and go in tests that count them. A
    test of rules begins with rules.forget()."""
    monkeypatch.setattr(rules, "_known", {"events": (math.inf, frozenset())})


@pytest.fixture(autouse=True)
def _no_policies(monkeypatch):
    """The same of SLA policies: a test of theirs begins with promises.forget()."""
    monkeypatch.setattr(promises, "_shelf", promises._Shelf(promises.Book(), math.inf))


@pytest.fixture(autouse=True)
def _always_open(monkeypatch):
    """The same of hours, for reports: a test of theirs begins with counted_hours.forget()."""
    monkeypatch.setattr(counted_hours, "_shelf", counted_hours._Shelf(counted_hours.Book(), math.inf))


@pytest.fixture(autouse=True)
def _files_in_a_place_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def returns(db):
    return Team.objects.create(name="Returns")


@pytest.fixture
def billing(db):
    return Team.objects.create(name="Billing")


def agent(name, role=Role.AGENT, team=None):
    someone = User.objects.create_user(f"{name.split()[0].lower()}@desk.example", PASSWORD, name=name, role=role)
    if team:
        team.members.add(someone)
    return someone


@pytest.fixture
def ada(returns):
    return agent("Ada Okafor", team=returns)


@pytest.fixture
def grace(returns):
    return agent("Grace Lind", team=returns)


@pytest.fixture
def linus(billing):
    return agent("Linus Berg", team=billing)


@pytest.fixture
def sam(db):
    return agent("Sam Reyes", Role.SUPERVISOR)


@pytest.fixture
def root(db):
    return agent("Rosa Admin", Role.ADMIN)


@pytest.fixture
def mail(returns):
    """Our address support@hollinfell.example, on the medium email."""
    return Channel.objects.create(
        name="Support", medium=Medium.EMAIL, address="support@hollinfell.example", team=returns
    )


@pytest.fixture
def chat(returns, mail):
    return Channel.objects.create(name="Shop chat", medium=Medium.CHAT, address="chat-key", team=returns, fallback=mail)


@pytest.fixture
def told(monkeypatch):
    """What is pushed, as pairs of a group and its frame, while somebody listens to every group."""
    frames = []
    monkeypatch.setattr(wire, "listened_to", set)
    monkeypatch.setattr(wire, "put", frames.extend)
    return frames


def from_ann(channel, text="Hello", *, address="ann@home.example", at: datetime | None = None, **fields):
    """An envelope of what Ann says by mail or, with `handles`, by anything else."""
    defaults = {
        "channel_id": channel.pk,
        "external_id": f"{uuid.uuid4()}@home.example",
        "handles": (Handle("email", address, "Ann Bell"),),
        "text": text,
        "received_at": at or timezone.now(),
    }
    return InboundMessage(**{**defaults, **fields})


@pytest.fixture
def shop(chat):
    """The chat channel's connector: the shop's pages may open the widget, and its back end vouches for customers."""
    connector = Connector(
        name="Hollin & Fell",
        adapter="chat",
        channel=chat,
        settings={"origins": ["https://shop.example"], "title": "Hollin & Fell", "bot_name": "Fern"},
    )
    connector.secrets = {"identity": SHOP_SECRET}
    connector.save()
    return connector
