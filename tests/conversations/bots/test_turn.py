"""The bot's turn, from the customer's line to the bot's word or to people: once, in time, and never silence."""

import uuid
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from conversations.bots import brain, turn, waking, watching
from conversations.bots.acts import Answer, Do, Finish, HandOver, Say
from conversations.bots.choosing import bots_here
from conversations.bots.memory import memory_of
from conversations.bots.words import say
from conversations.live import groups
from conversations.models import (
    Activity,
    Bot,
    BotTalk,
    BotTurn,
    Conversation,
    Delivery,
    DeliveryAttempt,
    Episode,
    Handoff,
    Hours,
    Message,
    RoutingDecision,
    Waiting,
)
from conversations.reports import episode_steps, episodes
from integrations.models import Connector
from tests.conversations.bots.stage import (
    asks,
    delivers,
    holder,
    it_is_time,
    said,
    says,
    takes_turn,
    with_bot,
    writes,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def thinks(monkeypatch):
    """Makes up a brain."""
    return lambda made_up: monkeypatch.setattr(brain, "think", made_up)


@pytest.fixture
def fern(shop, chat):
    return with_bot(chat)


def test_a_line_is_answered_by_the_bot_that_rules_chose(fern, chat, thinks, told, django_capture_on_commit_callbacks):
    thinks(says("Hello, I am Fern, a bot."))
    conversation = asks(chat, "Where is my parcel?")
    assert conversation.status == "pending" and holder(conversation) == "bot" and not Waiting.objects.exists()
    assert RoutingDecision.objects.get().kind == "bot"
    with django_capture_on_commit_callbacks(execute=True):
        takes_turn(conversation)
    message = Message.objects.get(is_bot=True)
    assert said(conversation) == [("customer", "Where is my parcel?"), ("bot", "Hello, I am Fern, a bot.")]
    assert message.delivery.status == "sent" and not BotTurn.objects.exists(), "stored is sent: there is no task"
    assert [each.outcome for each in message.delivery.attempts.all()] == ["sent"]
    assert message.external_id == message.delivery.external_id == str(message.client_id)
    conversation.refresh_from_db()
    assert conversation.waiting_since is None and conversation.status == "pending"
    heard = {(group, frame["type"]) for group, frame in told}
    assert (groups.of_visitor(message.identity_id), "visitor.message") in heard
    assert (groups.of_conversation(conversation.pk), "desk.event") in heard, "agents look on"


def test_what_comes_in_pieces_is_answered_once(fern, chat, thinks, monkeypatch):
    heard = []
    monkeypatch.setattr(waking, "QUIET", timedelta(minutes=1))  # this machine may have much else to do
    monkeypatch.setattr(waking, "LONGEST", timedelta(minutes=9))
    thinks(lambda asked: heard.append([line.text for line in asked.new]) or Answer((Say("All right."),), asked.memory))
    conversation = asks(chat, "Line 0")
    for number in range(1, 50):
        writes(chat, f"Line {number}")
        turn.run(conversation.pk)  # the task of the line before comes, and finds them writing
    assert not heard
    takes_turn(conversation)
    turn.run(conversation.pk)
    assert heard == [[f"Line {number}" for number in range(50)]]
    assert [who for who, _text in said(conversation)].count("bot") == 1


def test_who_never_stops_writing_is_answered_all_the_same(fern, chat):
    conversation = asks(chat, "Line")
    begun = timezone.now() - waking.LONGEST
    BotTurn.objects.update(asked_at=begun)
    writes(chat, "Another")
    assert BotTurn.objects.get().due_at == begun + waking.LONGEST <= timezone.now()
    assert watching.due() == [conversation.pk]


def test_a_flood_that_outlasts_the_bots_patience_hears_the_same_once_and_ends_with_no_person(fern, chat, thinks):
    thinks(says("It is on its way."))
    conversation = asks(chat, "Where is it?")
    for rest in range(3):  # of fifty lines
        for number in range(17):
            writes(chat, f"Where is it? {rest} {number}")
        takes_turn(conversation)
    assert [text for who, text in said(conversation) if who == "bot"] == ["It is on its way."]
    assert holder(conversation) == "bot" and not BotTurn.objects.exists() and not Handoff.objects.exists()
    conversation.refresh_from_db()
    assert conversation.waiting_since is None, "they have their answer"
    thinks(says("It comes today."))
    writes(chat, "Today?")
    takes_turn(conversation)
    assert said(conversation)[-1] == ("bot", "It comes today."), "what is new is said amid a flood, too"
    Message.objects.update(created_at=F("created_at") - timedelta(seconds=5))
    writes(chat, "Today?")
    takes_turn(conversation)
    assert said(conversation)[-2:] == [("customer", "Today?"), ("bot", "It comes today.")], (
        "who asks again hears it again"
    )


def test_what_a_deed_looks_up_is_told_to_a_flood_once(fern, chat, thinks):
    Hours.objects.create(name="Desk", is_default=True, zone="UTC", week={"mon": [["09:00", "17:00"]]})
    thinks(lambda asked: Answer((Do("hours", {}),), asked.memory))
    conversation = asks(chat, "When are you open?")
    for rest in range(3):
        for number in range(17):
            writes(chat, f"When are you open? {rest} {number}")
        takes_turn(conversation)
    bots = [text for who, text in said(conversation) if who == "bot"]
    assert bots and len(bots) == len(set(bots)) and holder(conversation) == "bot", bots


def test_a_flood_that_nobody_understands_is_misunderstood_once(fern, chat, thinks):
    thinks(says("I do not understand.", understood=False))
    conversation = asks(chat, "Blub")
    for rest in range(3):
        for number in range(17):
            writes(chat, f"Blub {rest} {number}")
        takes_turn(conversation)
    assert [who for who, _text in said(conversation)].count("bot") == 1 and not Handoff.objects.exists()
    Message.objects.update(created_at=F("created_at") - timedelta(seconds=5))
    writes(chat, "Blub!")
    takes_turn(conversation)
    assert Handoff.objects.get().reason == "misunderstood"


def test_an_answer_is_thought_again_where_they_wrote_meanwhile(fern, chat, thinks):
    heard = []

    def think(asked):
        heard.append([line.text for line in asked.new])
        if len(heard) == 1:
            writes(chat, "The blue one, I mean")
        return Answer((Say(f"Answer {len(heard)}"),), asked.memory)

    thinks(think)
    conversation = asks(chat, "Is the coat in stock?")
    takes_turn(conversation)
    assert [who for who, _ in said(conversation)] == ["customer", "customer"] and BotTurn.objects.get().tries == 0
    takes_turn(conversation)
    assert heard == [["Is the coat in stock?"], ["Is the coat in stock?", "The blue one, I mean"]]
    assert said(conversation)[-1] == ("bot", "Answer 2") and not BotTurn.objects.exists()


def test_a_doubled_task_says_it_once(fern, chat, thinks):
    thinks(lambda asked: (turn.run(asked.conversation), says("Once")(asked))[1])
    conversation = asks(chat, "Hello")
    takes_turn(conversation)
    turn.run(conversation.pk)
    assert [text for who, text in said(conversation) if who == "bot"] == ["Once"]


def test_a_brain_that_breaks_ends_with_people_who_know_everything(fern, chat, thinks, ada):
    def broken(asked):
        raise ZeroDivisionError

    thinks(broken)
    conversation = asks(chat, "Where is HF-4821?")
    takes_turn(conversation)
    conversation.refresh_from_db()
    handoff = Handoff.objects.get()
    assert (conversation.status, holder(conversation), handoff.reason) == ("open", "people", "brain")
    assert conversation.waiting_since and Waiting.objects.get().trigger == "handed_over"
    assert handoff.packet["goal"] and BotTalk.objects.get().end == "handed"
    who, text = said(conversation)[-1]
    assert who == "bot" and text, "the customer is told"
    again = asks(chat, "Hello?")  # and while they wait for a person, the bot does not come back
    assert again.status == "open" and not BotTurn.objects.exists()
    assert RoutingDecision.objects.order_by("pk").last().kind == "team"


def test_a_brain_that_breaks_at_the_first_line_does_not_say_that_it_lacks_their_language(fern, chat, thinks):
    def broken(asked):
        raise ZeroDivisionError

    thinks(broken)
    conversation = asks(chat, "fall over", language="")
    takes_turn(conversation)
    assert conversation.language == "" and said(conversation)[-1] == ("bot", say("to_people_failed", "en"))


def test_a_worker_that_dies_amid_a_turn_is_followed_by_another(fern, chat, thinks):
    conversation = asks(chat, "Hello")

    def dies(asked):
        raise KeyboardInterrupt

    thinks(dies)
    with pytest.raises(KeyboardInterrupt):
        takes_turn(conversation)
    assert watching.due() == [] and not Message.objects.filter(is_bot=True).exists()
    BotTurn.objects.update(due_at=timezone.now())  # as long as it may have taken
    assert watching.due() == [conversation.pk]
    thinks(says("Here I am."))
    turn.run(conversation.pk)
    assert said(conversation)[-1] == ("bot", "Here I am.")


def test_one_that_kills_every_worker_goes_to_people(fern, chat, thinks):
    conversation = asks(chat, "Hello")
    BotTurn.objects.update(tries=turn.MOST_TRIES, taken_at=timezone.now())
    takes_turn(conversation)
    assert Handoff.objects.get().reason == "brain" and holder(conversation) == "people"


def test_a_word_from_before_a_takeover_is_never_said(fern, chat, thinks, ada):
    from conversations.actions.assigning import assign

    conversation = asks(chat, "Hello")

    def slow(asked):
        assign(conversation, to=ada, by=ada)
        return says("Too late")(asked)

    thinks(slow)
    takes_turn(conversation)
    conversation.refresh_from_db()
    assert said(conversation) == [("customer", "Hello")] and conversation.assignee == ada
    assert Handoff.objects.get().reason == "stepped_in" and not BotTurn.objects.exists()
    assert Activity.objects.filter(verb="took_over", by=ada).exists()


def test_what_waits_to_be_sent_is_withdrawn_by_a_takeover(fern, chat, thinks, ada):
    from conversations.actions.states import resolve

    thinks(says("Not yet gone"))
    conversation = asks(chat, "Hello")
    Connector.objects.filter(channel=chat).update(paused_at=timezone.now())  # so what is said there waits
    takes_turn(conversation)
    assert Delivery.objects.get().status == "queued"
    resolve(conversation, by=ada)
    assert Delivery.objects.get().status == "cancelled"
    Connector.objects.update(paused_at=None)
    delivers()
    assert Delivery.objects.get().status == "cancelled" and said(conversation) == [("customer", "Hello")]


def test_what_is_said_to_a_chat_goes_behind_what_still_waits_there(fern, chat, thinks):
    thinks(says("One"))
    conversation = asks(chat, "Hello")
    Connector.objects.filter(channel=chat).update(paused_at=timezone.now())
    takes_turn(conversation)
    Connector.objects.update(paused_at=None)
    thinks(says("Two"))
    writes(chat, "And?")
    takes_turn(conversation)
    assert [each.status for each in Delivery.objects.order_by("pk")] == ["queued", "queued"]
    delivers()
    sent = DeliveryAttempt.objects.filter(outcome="sent").order_by("pk")
    assert [each.delivery.message.text for each in sent] == ["One", "Two"]


def test_of_two_workers_that_see_a_turn_one_thinks(fern, chat, thinks, monkeypatch):
    thinks(says("Once"))
    conversation = asks(chat, "Hello")
    it_is_time(conversation)
    look = turn.seen

    def and_another_worker_comes(pk):
        found = look(pk)
        monkeypatch.setattr(turn, "seen", look)
        turn.run(pk)
        return found

    monkeypatch.setattr(turn, "seen", and_another_worker_comes)
    turn.run(conversation.pk)
    assert said(conversation) == [("customer", "Hello"), ("bot", "Once")] and not BotTurn.objects.exists()


def test_that_the_bot_answered_stands_in_the_episode_at_once(fern, chat, thinks):
    thinks(says("Please tell me more."))
    conversation = asks(chat, "Hello")
    takes_turn(conversation)
    writes(chat, "More")
    takes_turn(conversation)
    (derived,) = episodes.derive(conversation)
    found = Episode.objects.get()
    assert (found.handler, found.bot_answers) == ("bot", 2) == (derived.row.handler, derived.row.bot_answers)
    Episode.objects.update(handler="people")
    episode_steps.answered_by_bot(conversation, 1)
    assert Episode.objects.get().handler == "both"


def test_a_bot_answers_where_it_is_meant_to_and_is_there(chat, mail, shop):
    everywhere = Bot.objects.create(name="Everywhere")
    here = Bot.objects.create(name="Here")
    here.channels.set([chat])
    away = Bot.objects.create(name="Away", brain="connector")  # and no connector
    away.channels.set([mail])
    bots = bots_here()
    assert bots.answering(chat.pk, "chat", is_public=False) == here.pk
    assert bots.answering(mail.pk, "email", is_public=False) == everywhere.pk
    assert bots.answering(mail.pk, "email", is_public=True) is None
    assert bots.answering(mail.pk, "voice", is_public=False) is None
    Bot.objects.exclude(pk=away.pk).update(is_active=False)
    assert bots_here().answering(mail.pk, "email", is_public=False) is None


def test_limits_end_with_people(fern, chat, thinks):
    thinks(says("Pardon?", understood=False))
    conversation = asks(chat, "qwrt")
    takes_turn(conversation)
    writes(chat, "zxcv")
    takes_turn(conversation)
    assert Handoff.objects.get().reason == "misunderstood"
    assert [text for who, text in said(conversation) if who == "bot"][0] == "Pardon?"


@pytest.mark.parametrize("most, reason", [(2, "limit"), (12, "limit")], ids=["turns", "the same again"])
def test_it_does_not_go_round_for_ever(chat, shop, thinks, most, reason):
    with_bot(chat, most_turns=most)
    thinks(says("Please tell me more."))
    conversation = asks(chat, "Hello")
    for _ in range(4):
        takes_turn(conversation)
        writes(chat, "More")
    assert Handoff.objects.get().reason == reason


def test_who_is_helped_is_done_with_and_the_last_word_still_goes(fern, chat, thinks):
    thinks(lambda asked: Answer((Say("You are welcome."), Finish()), asked.memory))
    conversation = asks(chat, "Thank you, that was it")
    takes_turn(conversation)
    delivers()
    conversation.refresh_from_db()
    assert conversation.status == "resolved" and BotTalk.objects.get().end == "helped" and not Handoff.objects.exists()
    assert Delivery.objects.get().status == "sent"
    again = asks(chat, "One more thing")  # opened again, rules are asked again
    assert again.pk == conversation.pk and again.status == "pending" and BotTalk.objects.count() == 2


def test_a_person_that_was_asked_for_is_promised_in_the_same_breath(fern, chat, thinks, ada):
    thinks(lambda asked: Answer((Say("I am passing you on."), HandOver("asked")), asked.memory))
    conversation = asks(chat, "A person, please")
    takes_turn(conversation)
    delivers()
    conversation.refresh_from_db()
    assert said(conversation)[-1][1].startswith("I am passing you on.") and conversation.waiting_since
    assert Delivery.objects.get().status == "sent" and Handoff.objects.get().reason == "asked"


def test_another_brain_is_asked_and_answers_later(chat, shop, thinks, django_capture_on_commit_callbacks):
    fern = with_bot(chat, brain="connector")
    shop.bot = fern
    shop.save()
    heard = []

    def listen(sender, key, asked, until, **_more):
        heard.append((key, asked))

    turn.brain_asked.connect(listen)
    try:
        conversation = asks(chat, "Hello")
        with django_capture_on_commit_callbacks(execute=True):
            takes_turn(conversation)
    finally:
        turn.brain_asked.disconnect(listen)
    [(key, asked)] = heard
    assert turn.question_of(key) == asked or turn.question_of(key).new == asked.new
    assert turn.heard(key, says("From afar")(asked)) and not turn.heard(key, says("Twice")(asked))
    assert said(conversation)[-1] == ("bot", "From afar")
    assert not turn.heard(uuid.uuid4(), says("Never asked")(asked))


def test_another_brain_that_is_silent_ends_with_people(chat, shop):
    shop.bot = with_bot(chat, brain="connector")
    shop.save()
    conversation = asks(chat, "Hello")
    takes_turn(conversation)
    key = BotTurn.objects.get().key
    turn.run(conversation.pk)
    assert holder(conversation) == "bot", "its time is not over"
    it_is_time(conversation)
    turn.run(conversation.pk)
    assert Handoff.objects.get().reason == "brain" and not turn.fail(key, "late")


def test_lines_whose_task_was_lost_are_found(fern, chat, thinks):
    thinks(says("Found"))
    conversation = asks(chat, "Hello")
    BotTurn.objects.all().delete()
    Conversation.objects.update(waiting_since=timezone.now() - timedelta(minutes=2))
    assert watching.look_round() == 1
    takes_turn(conversation)
    assert said(conversation)[-1] == ("bot", "Found") and watching.look_round() == 0


def test_a_bot_that_is_gone_leaves_nobody_behind(fern, chat):
    conversation = asks(chat, "Hello")
    fern.delete()
    BotTurn.objects.all().delete()
    assert watching.look_round() == 1 and holder(conversation) == "people"
    assert Waiting.objects.get().conversation_id == conversation.pk


def test_who_leaves_is_not_counted_as_helped(fern, chat, thinks):
    thinks(says("Anything else?"))
    conversation = asks(chat, "Hello")
    takes_turn(conversation)
    assert watching.look_round() == 0
    BotTalk.objects.update(spoke_at=timezone.now() - timedelta(days=4))
    assert watching.look_round() == 1
    conversation.refresh_from_db()
    assert conversation.status == "resolved" and BotTalk.objects.get().end == "left" and not Handoff.objects.exists()


def test_what_it_knew_it_knows_when_it_is_given_back(fern, chat, thinks, ada):
    from conversations.actions.change import locked
    from conversations.handoff import lease

    thinks(lambda asked: Answer((Say("Noted"), HandOver("asked")), asked.memory.with_slot("order", _kept())))
    conversation = asks(chat, "HF-4821")
    takes_turn(conversation)
    talk = lease.give(locked(conversation), fern, by=ada, only_step="photo")
    memory = memory_of(talk.state)
    assert memory.slots["order"].value == "HF-4821" and memory.only_step == "photo"
    assert BotTurn.objects.exists() and holder(conversation) == "bot"
    asked = []
    thinks(lambda each: asked.append(each) or says("A photo, please")(each))
    takes_turn(conversation)
    assert asked[0].memory.only_step == "photo" and said(conversation)[-1] == ("bot", "A photo, please")


def test_who_asked_for_a_person_is_not_sent_back_at_once_when_the_bot_is_to_collect_something(fern, chat, ada):
    from conversations.actions.change import locked
    from conversations.handoff import lease

    conversation = asks(chat, "I would like to talk to a person")
    takes_turn(conversation)
    assert Handoff.objects.get().reason == "asked"
    lease.give(locked(conversation), fern, by=ada, only_step="photo")
    takes_turn(conversation)
    assert Handoff.objects.count() == 1 and holder(conversation) == "bot"
    assert said(conversation)[-1] == ("bot", "Could you send a photo of it?")


def _kept():
    from conversations.bots.memory import Kept

    return Kept("HF-4821", 1)
