"""What to answer and what it is about so far: ranked by the thread, fit for this customer, taken and refused."""

import uuid

import pytest

from conversations.actions.states import resolve
from conversations.handoff.given import given_to
from conversations.helping import remembering
from conversations.helping.alike import alike
from conversations.helping.fitting import fitted
from conversations.helping.replying import offers
from conversations.helping.summing_up import summary
from conversations.inbound.receive import receive
from conversations.models import Article, CannedReply, Conversation, Draft, Handoff, Hint, Topic
from conversations.outbound.compose import reply
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

ZIP = "Hello, the zip of my jacket HF-48213 is broken. What can be done?"
TOVE_ZIP = "The zip of my jacket HF-11111 is broken after two weeks. Can it be repaired?"
TOVES_ANSWER = (
    "Dear Tove,\n\nplease send the jacket with the label https://labels.example/abc to us, we repair the zip for"
    " £20.00. Your order HF-11111 is noted for tove@home.example.\n\nKind regards, Grace"
)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def asked(mail):
    return receive(from_ann(mail, ZIP)).conversation


@pytest.fixture
def toves(mail, grace, returns):
    """A conversation that Grace solved."""
    message = receive(from_ann(mail, TOVE_ZIP, address="tove@home.example"))
    message.conversation.customer.name = "Tove Lindqvist"
    message.conversation.customer.save()
    answer(message, grace, TOVES_ANSWER)
    solved = resolve(message.conversation, by=grace)
    remembering.remember_fresh()
    return solved


def answer(message, agent, text):
    html = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    words = {"html": html, "by": agent, "channel": message.channel, "identity": message.identity}
    return reply(message.conversation, **words, client_id=uuid.uuid4())


def offered(conversation, agent):
    given = given_to(agent, conversation)
    return offers(conversation, agent, alike(conversation, agent), given)


def test_an_answer_to_somebody_else_keeps_nothing_of_theirs(asked, toves, ada):
    [each] = offered(asked, ada)
    assert each.title == "Grace" and "repair the zip" in each.text
    for theirs in ("Tove", "HF-11111", "tove@home.example", "labels.example", "£20", "Grace"):
        assert theirs not in each.text
    assert "Dear Ann" in each.text and "HF-48213" in each.text and "[link]" in each.text and "[sum]" in each.text
    assert each.text.endswith("Kind regards, Ada")


def test_a_detail_of_which_there_are_two_is_left_to_the_agent(asked, toves, ada, mail):
    receive(from_ann(mail, "And my order HF-99999 has not come either."))
    told = toves.messages.get(kind="outbound")
    text = fitted(told, toves, asked, ada, given_to(ada, asked))
    assert "HF-11111" not in text and ("[order number]" in text or "HF-99999" in text)


def test_canned_replies_are_ranked_by_the_thread_and_by_what_solved_others(asked, toves, ada, returns, billing):
    zip_ = CannedReply.objects.create(name="Repair", text="Hi {customer}, send the jacket to us, we repair the zip.")
    CannedReply.objects.create(name="Invoice", text="Your invoice is attached.")
    CannedReply.objects.create(name="Theirs", text=zip_.text, team=billing)
    found = offered(asked, ada)
    [canned] = [each for each in found if each.kind == "canned"]
    assert canned.of == zip_.pk and canned.text.startswith("Hi Ann,")


def test_an_article_of_the_topic_in_the_customers_language(asked, ada):
    topic = Topic.objects.create(name="Repairs")
    article = Article.objects.create(name="Zips", topic=topic)
    article.texts.create(language="en", title="A broken zip", body="We repair the **zip** of a jacket for two years.")
    article.texts.create(language="de", title="Ein Reißverschluss", body="Wir reparieren ihn zwei Jahre lang.")
    Conversation.objects.filter(pk=asked.pk).update(topic=topic, language="en")
    asked.refresh_from_db()
    [each] = offered(asked, ada)
    assert each.kind == "article" and each.title == "A broken zip"
    assert each.text == "We repair the zip of a jacket for two years."  # no signs of Markdown in what is sent


def test_who_waits_for_nothing_is_not_to_be_answered(asked, toves, ada):
    answer(asked.messages.get(), ada, "We look at it.")
    assert offered(asked, ada) == []


def test_by_one_post_it_is_refused_and_the_next_comes(client, asked, toves, ada):
    CannedReply.objects.create(name="Repair", text="Send the jacket to us, we repair the zip.")
    client.force_login(ada)
    page = client.get(f"/conversations/{asked.pk}/help/", headers=HTMX).content.decode()
    assert 'data-key="y"' in page and "Suggested, canned reply" in page and "Solved before, much alike" in page
    first = Hint.objects.get(kind="canned")
    left = client.post(f"/conversations/{asked.pk}/hints/{first.pk}/", {"verdict": "refused"}, headers=HTMX)
    assert "Suggested, canned reply" not in left.content.decode() and "as Grace answered" in left.content.decode()
    again = client.get(f"/conversations/{asked.pk}/help/?strip", headers=HTMX).content.decode()
    assert "canned reply" not in again
    assert client.post(f"/conversations/{asked.pk}/hints/{first.pk}/", {"verdict": "?"}).status_code == 422


def test_without_scripts_what_is_taken_becomes_the_draft(client, asked, toves, ada, grace):
    client.force_login(ada)
    assert b"as Grace answered" in client.get(f"/conversations/{asked.pk}/help/").content
    hint = Hint.objects.get(kind="answer")
    said = client.post(f"/conversations/{asked.pk}/hints/{hint.pk}/", {"verdict": "taken", "text": "We <b>do</b>"})
    assert said.status_code == 302 and "&lt;b&gt;do" in Draft.objects.get(agent=ada).html
    hint.refresh_from_db()
    assert hint.verdict == "taken" and hint.said_at
    client.force_login(grace)  # a colleague's hints are theirs
    assert client.post(f"/conversations/{asked.pk}/hints/{hint.pk}/", {"verdict": "taken"}).status_code == 404


def test_an_agent_does_without(client, asked, toves, ada):
    client.force_login(ada)
    client.post("/me/help/", {"help": "off"})
    page = client.get(f"/conversations/{asked.pk}/help/", headers=HTMX).content.decode()
    assert "Suggestions are off" in page and "Solved before" not in page and not Hint.objects.exists()
    client.post("/me/help/", {"help": "on"})
    assert b"Solved before" in client.get(f"/conversations/{asked.pk}/help/", headers=HTMX).content


def test_a_long_thread_is_summed_up_of_facts_that_lead_to_their_messages(mail, asked, ada):
    assert summary(asked, ada, given_to(ada, asked)) is None
    first = asked.messages.get()
    answer(first, ada, "We ask the workshop.")
    for number in range(8):
        last = receive(from_ann(mail, f"Any news, {number}? My size is M."))
    packet = {"goal": "Wants the zip repaired", "goal_source": first.pk}
    Handoff.objects.create(conversation=asked, reason="asked", term=1, packet=packet)
    found = summary(asked, ada, given_to(ada, asked))
    lines = {line.label: line for line in found.lines}
    assert found.messages == 10 and (lines["Wants"].text, lines["Wants"].source) == ("Wants the zip repaired", first.pk)
    assert lines["Order number"].source == first.pk and lines["Order number"].text == "HF-48213"
    assert lines["Ada answered"].text == "We ask the workshop."
    assert lines["Not answered yet"].source == last.pk


def test_help_costs_the_same_for_one_and_for_many(
    client, mail, asked, toves, ada, grace, django_assert_max_num_queries
):
    for number in range(5):
        message = receive(from_ann(mail, TOVE_ZIP, address=f"c{number}@home.example"))
        answer(message, grace, TOVES_ANSWER)
        resolve(message.conversation, by=grace)
        CannedReply.objects.create(name=f"Repair {number}", text="Send the jacket to us, we repair the zip.")
    remembering.remember_fresh()
    client.force_login(ada)
    with django_assert_max_num_queries(52):
        page = client.get(f"/conversations/{asked.pk}/help/", headers=HTMX).content.decode()
    assert page.count("% alike") == 4
