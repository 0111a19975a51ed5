"""A Graph API on loopback, and the three messengers connected to it."""

import pytest

from integrations.simulators.meta import GraphServer
from tests.adapters.meta.talking import connected


@pytest.fixture
def graph():
    with GraphServer() as server:
        yield server


@pytest.fixture
def whatsapp(db, graph):
    return connected("whatsapp", graph)


@pytest.fixture
def messenger(db, graph):
    return connected("messenger", graph)


@pytest.fixture
def instagram(db, graph):
    return connected("instagram", graph)


@pytest.fixture
def at(db, graph):
    """A connector by the name of its adapter."""
    return lambda on, **settings: connected(on, graph, **settings)
