"""What must be known before a conversation is solved: asked of agents wherever they solve, and of rules and macros."""

import pytest
from django.urls import reverse

from conversations import required, rule_engine, rules
from conversations.actions import macros
from conversations.actions.states import resolve
from conversations.inbound.receive import receive
from conversations.models import Conversation, FieldValue, Macro, Message, RequiredField, Rule, RuleRun, Tag, Topic
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(mail):
    return receive(from_ann(mail)).conversation


@pytest.fixture
def outcome(returns):
    return RequiredField.objects.create(name="Outcome", kind="choice", options=["Refunded", "Replaced"], team=returns)


@pytest.fixture
def desk(client, ada):
    client.force_login(ada)
    return client


def is_solved(conversation):
    return Conversation.objects.get(pk=conversation.pk).status == "resolved"


def test_nothing_is_asked_where_nothing_is_required(conversation, ada):
    resolve(conversation, by=ada)
    assert is_solved(conversation)


def test_what_is_lacking_is_named(conversation, outcome, ada):
    with pytest.raises(required.LackingError, match="Before it is solved, say: Outcome."):
        resolve(conversation, by=ada)
    assert not is_solved(conversation)


def test_it_is_asked_of_its_team_and_topic_alone(conversation, billing, ada):
    refund = Topic.objects.create(name="Refund")
    RequiredField.objects.create(name="Of billing", kind="text", team=billing)
    RequiredField.objects.create(name="Of refunds", kind="text", topic=refund)
    RequiredField.objects.create(name="Off", kind="text", is_active=False)
    assert required.lacking(conversation) == []
    conversation.topic = refund
    conversation.save()
    assert [str(each) for each in required.lacking(conversation)] == ["Of refunds"]


def test_a_tag_or_a_topic_is_known_by_the_conversation_itself(conversation):
    RequiredField.objects.create(name="Cause", kind="tag", options=["Broken", "Late"])
    RequiredField.objects.create(name="Topic", kind="topic")
    assert len(required.lacking(conversation)) == 2
    conversation.tags.add(Tag.objects.create(name="late"))
    conversation.topic = Topic.objects.create(name="Parcel")
    conversation.save()
    assert required.lacking(conversation) == []


def test_filling_in_sets_the_tag_the_topic_and_the_value(conversation, outcome, ada):
    cause = RequiredField.objects.create(name="Cause", kind="tag", options=["Broken", "Late"])
    topic = RequiredField.objects.create(name="Topic", kind="topic")
    Topic.objects.create(name="Parcel")
    given = {f"field-{outcome.pk}": "Refunded", f"field-{cause.pk}": "Late", f"field-{topic.pk}": "Parcel"}
    required.fill(conversation, given, by=ada)
    conversation.refresh_from_db()
    assert (conversation.topic.name, conversation.certainty) == ("Parcel", None)
    assert [str(mark) for mark in conversation.tags.all()] == ["Late"]
    assert FieldValue.objects.get().value == "Refunded"
    resolve(conversation, by=ada)
    assert conversation.activities.get(verb="resolved").reason == "Outcome: Refunded"


def test_what_is_none_of_the_list_is_refused(conversation, outcome, ada):
    with pytest.raises(required.NotPossibleError, match="choose one of the list"):
        required.fill(conversation, {f"field-{outcome.pk}": "Thrown away"}, by=ada)


def test_the_button_asks_and_then_solves(desk, conversation, outcome):
    path = reverse("closure", args=[conversation.pk])
    asked = desk.post(path, headers={"HX-Request": "true"})
    assert asked.status_code == 422
    assert f'name="field-{outcome.pk}"' in asked.content.decode()
    assert "Before it is solved, say: Outcome." in asked.content.decode()
    assert not is_solved(conversation)
    done = desk.post(path, {f"field-{outcome.pk}": "Replaced"}, headers={"HX-Request": "true"})
    assert done.status_code == 200
    assert is_solved(conversation)


def test_without_scripts_a_page_asks(desk, conversation, outcome):
    asked = desk.post(reverse("closure", args=[conversation.pk]))
    assert asked.status_code == 422
    assert f'name="field-{outcome.pk}"' in asked.content.decode()


def test_send_and_resolve_sends_nothing_until_it_is_known(desk, conversation, outcome):
    page = desk.get(reverse("conversation", args=[conversation.pk])).context["composer"]
    given = {"html": "<p>Done.</p>", "channel": page.chosen, "client_id": page.reply_client_id, "then": "resolve"}
    path = reverse("replies", args=[conversation.pk])
    asked = desk.post(path, given, headers={"HX-Request": "true"})
    assert asked.status_code == 422
    assert f'name="field-{outcome.pk}"' in asked.content.decode()
    assert "Done." in asked.content.decode()
    assert not Message.objects.filter(kind="outbound").exists()
    done = desk.post(path, {**given, f"field-{outcome.pk}": "Replaced"}, headers={"HX-Request": "true"})
    assert done.status_code == 200
    assert is_solved(conversation)
    assert Message.objects.filter(kind="outbound").count() == 1


def test_many_at_once_say_which_could_not_be_solved(desk, conversation, outcome):
    path = reverse("bulk")
    answer = desk.post(path, {"conversation": [conversation.pk], "do": "resolve"}, headers={"HX-Request": "true"})
    assert "Before it is solved, say: Outcome." in answer.content.decode()
    assert not is_solved(conversation)


def test_neither_a_macro_nor_a_rule_goes_round_it(conversation, outcome, ada, mail):
    with pytest.raises(required.LackingError):
        macros.run(Macro.objects.create(name="Close", resolves=True), conversation, by=ada)
    Rule.objects.create(name="Close", event="wrote", is_active=True, actions=[{"do": "resolve", "value": ""}])
    rules.forget()
    receive(from_ann(mail, "Thanks"))
    rule_engine.run(conversation.pk)
    assert RuleRun.objects.get().outcome == "could_not"
    assert not is_solved(conversation)
