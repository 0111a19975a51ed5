"""Notes call colleagues in: who was mentioned sees the conversation, at once."""

from uuid import uuid4

import pytest

from conversations.inbound.receive import receive
from conversations.models import Conversation, Mention
from conversations.views.notes import mentioned_in
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def conversation(mail):
    return receive(from_ann(mail)).conversation


@pytest.fixture
def desk(client, ada):
    client.force_login(ada)
    return client


def write(desk, conversation, html):
    path = f"/conversations/{conversation.pk}/notes/"
    return desk.post(path, {"html": html, "client_id": str(uuid4())}, **HTMX)


def test_who_is_mentioned_may_see_it_from_then_on(desk, conversation, linus):
    assert not Conversation.objects.visible_to(linus).exists()
    write(desk, conversation, "<p>@Linus Berg can you refund this?</p>")
    assert Mention.objects.get().agent == linus
    assert Conversation.objects.visible_to(linus).get() == conversation


def test_the_mentioned_are_told_at_once(desk, conversation, linus, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        write(desk, conversation, "<p>@Linus please</p>")
    assert [frame["conversation"] for group, frame in told if group == f"desk.agent.{linus.pk}"] == [conversation.pk]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Grace Lind look", ["Grace Lind"]),
        ("@grace, look", ["Grace Lind"]),
        ("@Gracey look", []),
        ("mail@grace.example", []),
        ("@Gracefully done", []),
        ("@Ada myself", []),
        ("@Sam please", []),  # two are called so
        ("@Sam Reyes please", ["Sam Reyes"]),
        ("@Grace Lind and @Linus", ["Grace Lind", "Linus Berg"]),
    ],
)
def test_mentions_are_read_from_the_words(text, names, ada, grace, linus, sam):
    type(sam).objects.create_user("other@desk.example", name="Sam Other")
    assert [someone.name for someone in mentioned_in(text, writer=ada)] == names


def test_the_list_tells_who_will_be_let_in(desk, conversation, grace, linus):
    path = f"/conversations/{conversation.pk}/mentionable/"
    page = desk.get(path, {"q": ""}).content.decode()
    assert page.index("Grace Lind") < page.index("Linus Berg")
    assert page.count("will be able to see this") == 1
    assert "Linus" in desk.get(path, {"q": "li"}).content.decode()
    assert "Grace" not in desk.get(path, {"q": "berg"}).content.decode()


def test_a_note_without_words_is_refused(desk, conversation):
    answer = write(desk, conversation, " ")
    assert answer.status_code == 422 and b"Write something first." in answer.content


def test_a_note_is_changed_in_its_place(desk, conversation):
    write(desk, conversation, "<p>Call her</p>")
    written = conversation.messages.get(kind="note")
    path = f"/messages/{written.pk}/text/"
    assert b"Call her" in desk.get(path, **HTMX).content
    assert desk.post(path, {"html": "<p>Call her today</p>"}, **HTMX).status_code == 200
    written.refresh_from_db()
    assert written.text == "Call her today" and written.edits.get().text == "Call her"


def test_another_agents_note_is_not_changed(desk, client, conversation, grace):
    write(desk, conversation, "<p>Call her</p>")
    written = conversation.messages.get(kind="note")
    client.force_login(grace)
    assert client.post(f"/messages/{written.pk}/text/", {"html": "<p>No</p>"}, **HTMX).status_code == 422
    written.refresh_from_db()
    assert written.text == "Call her"
