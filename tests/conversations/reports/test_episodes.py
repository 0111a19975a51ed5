"""Episodes: what the doors write as they go is what follows from the messages and the log, whatever is done to them."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions import states
from conversations.actions.assigning import assign
from conversations.actions.merging import merge, unmerge
from conversations.actions.spam import mark_spam, unmark_spam
from conversations.actions.splitting import split
from conversations.actions.topics import set_topic
from conversations.inbound.receive import receive
from conversations.live import awake
from conversations.models import Conversation, Episode, Message, Reply, Topic, Work
from conversations.outbound import outbox
from conversations.outbound.compose import reply
from conversations.reports import back_fill, counted_hours, work
from conversations.reports.episodes import derive, refresh
from customers import privacy
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hours_of_this_test():
    counted_hours.forget()


@pytest.fixture
def redis_is_empty(settings):
    settings.REDIS_PREFIX = f"{settings.REDIS_PREFIX}-{uuid.uuid4().hex[:8]}"


def answer(conversation, by, channel):
    said = conversation.messages.filter(kind="inbound").last()
    return reply(
        Conversation.objects.get(pk=conversation.pk),
        html="<p>Here you are.</p>",
        by=by,
        channel=channel,
        identity=said.identity,
        client_id=uuid.uuid4(),
    )


def rows(conversation):
    return list(Episode.objects.filter(conversation=conversation).order_by("began_at"))


def as_it_follows(conversation):
    """Nothing that is stored is otherwise than it is worked out, to the last column."""
    conversation = Conversation.objects.get(pk=conversation.pk)
    names = [each.name for each in Episode._meta.concrete_fields]
    stored = {row.pk: [row.serializable_value(name) for name in names] for row in rows(conversation)}
    replies = {(each.episode_id, each.message_id, each.since) for each in Reply.objects.filter(episode__in=stored)}
    refresh(conversation)
    found = {row.pk: [row.serializable_value(name) for name in names] for row in rows(conversation)}
    assert found == stored
    assert {
        (each.episode_id, each.message_id, each.since) for each in Reply.objects.filter(episode__in=found)
    } == replies


def test_a_mail_begins_an_episode_and_its_answer_ends_the_wait(mail, ada):
    asked = timezone.now() - timedelta(minutes=30)
    message = receive(from_ann(mail, at=asked))
    (begun,) = rows(message.conversation)
    assert (begun.began_at, begun.ended_at, begun.medium, begun.team_id) == (asked, None, "email", mail.team_id)
    answer(message.conversation, ada, mail)
    (told,) = Reply.objects.all()
    assert (told.since, told.is_first, told.agent, told.medium) == (asked, True, ada, "email")
    assert 1800 <= told.seconds < 1860
    (row,) = rows(message.conversation)
    assert (row.handler, row.answers, row.waited) == ("people", 1, told.seconds)
    assign(message.conversation, to=ada, by=ada)
    states.resolve(message.conversation, by=ada)
    (row,) = rows(message.conversation)
    assert (row.outcome, row.agent, row.said, row.answers) == ("solved", ada, 1, 1)
    assert row.took >= 1800
    as_it_follows(message.conversation)


def test_the_customers_next_word_begins_another_one(mail, ada):
    message = receive(from_ann(mail))
    answer(message.conversation, ada, mail)
    states.resolve(message.conversation, by=ada)
    again = receive(from_ann(mail, text="It broke again"))
    assert again.conversation_id == message.conversation_id
    first, second = rows(message.conversation)
    assert (first.reopened_at, second.began_at, second.is_first) == (again.created_at, again.created_at, False)
    states.resolve(message.conversation, by=ada)
    as_it_follows(message.conversation)
    assert [row.outcome for row in rows(message.conversation)] == ["solved", "solved"]


def test_what_stood_at_its_end_stays_when_the_conversation_goes_elsewhere(mail, ada, linus, billing, returns):
    message = receive(from_ann(mail))
    assign(message.conversation, to=ada, by=ada)
    states.resolve(message.conversation, by=ada)
    Conversation.objects.filter(pk=message.conversation_id).update(team=billing, assignee=linus)
    refresh(Conversation.objects.get(pk=message.conversation_id))
    (row,) = rows(message.conversation)
    assert (row.team, row.agent) == (returns, ada)
    topic = Topic.objects.create(name="Zips")
    set_topic(message.conversation, topic=topic, by=linus)  # a person's word on what it was about goes for it
    assert rows(message.conversation)[0].topic == topic


def test_spam_ends_it_and_no_spam_gives_it_back(mail, ada):
    message = receive(from_ann(mail))
    before = rows(message.conversation)[0]
    mark_spam(message.conversation, by=ada)
    (row,) = rows(message.conversation)
    assert (row.pk, row.outcome) == (before.pk, "spam")
    assert row.ended_at is not None
    receive(from_ann(mail, text="Buy more"))
    as_it_follows(message.conversation)
    unmark_spam(message.conversation, by=ada)
    (row,) = rows(message.conversation)
    assert (row.pk, row.outcome, row.ended_at) == (before.pk, "", None)


def test_a_merge_and_its_undoing_leave_every_answer_counted_once(mail, ada):
    one = receive(from_ann(mail))
    answer(one.conversation, ada, mail)
    other = split(one.conversation, messages=[receive(from_ann(mail, text="And another")).pk], by=ada)
    answer(other, ada, mail)
    entry = merge(other, into=one.conversation, by=ada)
    assert [row.outcome for row in rows(other)] == ["merged"]
    assert [row.answers for row in rows(one.conversation)] == [2]
    assert Reply.objects.filter(episode__conversation=one.conversation_id).count() == 2
    as_it_follows(one.conversation)
    as_it_follows(other)
    unmerge(entry, by=ada)
    assert [row.outcome for row in rows(other)] == [""]
    assert [each.replies.count() for each in (*rows(one.conversation), *rows(other))] == [1, 1]
    as_it_follows(other)


def test_an_answer_that_is_taken_back_is_none(mail, ada):
    message = receive(from_ann(mail))
    said = answer(message.conversation, ada, mail)
    assert outbox.undo(said.delivery)
    assert not Reply.objects.exists()
    (row,) = rows(message.conversation)
    assert (row.answers, row.waited, row.handler) == (0, None, "nobody")
    answer(message.conversation, ada, mail)
    assert Reply.objects.get().since == message.created_at


def test_what_an_agent_opens_again_still_waits_since_the_customers_word(mail, ada):
    message = receive(from_ann(mail))
    states.resolve(message.conversation, by=ada)
    states.reopen(message.conversation, by=ada)
    answer(message.conversation, ada, mail)
    states.resolve(message.conversation, by=ada)
    first, second = rows(message.conversation)
    assert (first.waited, Reply.objects.get().since, Reply.objects.get().episode) == (None, message.created_at, second)
    as_it_follows(message.conversation)


def test_deriving_without_any_row_gives_the_same(mail, ada):
    """As for conversations from before there were episodes."""
    message = receive(from_ann(mail))
    answer(message.conversation, ada, mail)
    assign(message.conversation, to=ada, by=ada)
    states.resolve(message.conversation, by=ada)
    receive(from_ann(mail, text="Again"))
    names = [each.name for each in Episode._meta.concrete_fields if each.name != "id"]
    before = [[row.serializable_value(name) for name in names] for row in rows(message.conversation)]
    Episode.objects.all().delete()
    conversation = Conversation.objects.get(pk=message.conversation_id)
    assert len(derive(conversation)) == 2
    assert not Episode.objects.exists()
    refresh(conversation)
    assert [[row.serializable_value(name) for name in names] for row in rows(message.conversation)] == before
    assert Message.objects.filter(reply_fact__isnull=False).count() == 1


def test_work_is_what_browsers_and_calls_come_to_in_an_hour_and_is_written_once(mail, ada, redis_is_empty):
    message = receive(from_ann(mail))
    now = timezone.now()
    awake.beat(ada.pk)
    for _word in range(3):
        awake.beat(ada.pk, message.conversation_id)  # all within one moment: nobody works twice at a time
    assert sum(sum(found.values()) for _hour, found in awake.hours()) == 0
    hour = int(now.timestamp() // 3600 * 3600)
    awake._redis().hincrby(awake._of_hour(hour), f"{ada.pk}:{message.conversation_id}", 90_400)
    assert (work.write(), work.write()) == (1, 0)
    told = Work.objects.get()
    assert (told.agent, told.seconds, told.team, told.medium) == (ada, 90, mail.team, "email")
    assert rows(message.conversation)[0].worked == 90
    call = {"state": "ended", "seconds": 40, "answered": [{"agent": ada.pk}], "answered_at": told.hour.isoformat()}
    Message.objects.create(conversation=message.conversation, kind="call", author=ada, details={"call": call})
    assert work.called(message.conversation) == 0  # on the telephone, and with the thread before them
    call["seconds"] = 3630
    Message.objects.filter(kind="call").update(details={"call": call})
    assert work.called(message.conversation) == 2
    assert sorted(Work.objects.values_list("seconds", flat=True)) == [30, 3600]
    assert rows(message.conversation)[0].worked == 3630
    refresh(message.conversation)
    assert rows(message.conversation)[0].worked == 3630


def test_conversations_from_before_are_worked_out_in_the_background_once(mail, ada):
    old = [receive(from_ann(mail, address=f"{name}@home.example")).conversation for name in ("ann", "bea", "cid")]
    Episode.objects.filter(conversation__in=old[:2]).delete()
    kept = rows(old[2])[0].pk
    assert back_fill.go_on() == 2
    assert back_fill.go_on() == 0
    assert rows(old[2])[0].pk == kept
    assert Episode.objects.count() == 3


def test_who_is_erased_is_counted_still(mail, ada, django_capture_on_commit_callbacks):
    message = receive(from_ann(mail))
    answer(message.conversation, ada, mail)
    states.resolve(message.conversation, by=ada)
    counted = Episode.objects.values_list("pk", "outcome", "waited", "answers").get()
    with django_capture_on_commit_callbacks(execute=True):
        assert privacy.carry_on(privacy.ask(message.conversation.customer, by=ada))
    assert Episode.objects.values_list("pk", "outcome", "waited", "answers").get() == counted
    assert Reply.objects.count() == 1


def test_what_a_rule_wrote_first_was_not_begun_by_the_customer(mail, ada):
    conversation = receive(from_ann(mail)).conversation
    Message.objects.filter(conversation=conversation).update(kind="outbound", is_automatic=True)
    refresh(conversation)
    (row,) = rows(conversation)
    assert (row.is_inbound, row.medium, row.said) == (False, "email", 0)
    receive(from_ann(mail, text="What do you mean?"))
    refresh(Conversation.objects.get(pk=conversation.pk))
    (row,) = rows(conversation)
    assert (row.is_inbound, row.said) == (False, 1)
