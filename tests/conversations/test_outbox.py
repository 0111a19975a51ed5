"""The outbox: what may happen to a delivery, and what never does."""

import uuid
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from conversations.envelopes import DeliveryReport
from conversations.inbound.receive import receive
from conversations.models import Activity, Delivery, Status
from conversations.outbound.compose import note, reply
from conversations.outbound.outbox import WAITS, remove, retry, settle, undo
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
TEMPORARY = DeliveryReport("failed", error="Their server is full.", said="452 full", is_permanent=False)
PERMANENT = DeliveryReport("failed", error="There is no such mailbox.", said="550 no", is_permanent=True)


@pytest.fixture
def heard(mail):
    return receive(from_ann(mail))


@pytest.fixture
def answer(heard, ada, mail):
    return answer_of(heard, ada, mail)


def answer_of(heard, by, mail, **more):
    more = {"client_id": uuid.uuid4(), "html": "<p>Of course, Ann.</p>"} | more
    return reply(heard.conversation, by=by, channel=mail, identity=heard.identity, **more)


def test_an_answer_waits_for_the_seconds_of_undo_and_ends_the_waiting(answer, settings):
    delivery = answer.delivery
    assert delivery.status == "queued"
    assert delivery.due_at > timezone.now() + timedelta(seconds=settings.UNDO_SECONDS - 2)
    answer.conversation.refresh_from_db()
    assert answer.conversation.waiting_since is None
    assert answer.conversation.snippet == "Of course, Ann."


def test_a_double_click_is_one_answer(heard, ada, mail):
    once = uuid.uuid4()
    assert answer_of(heard, ada, mail, client_id=once) == answer_of(heard, ada, mail, client_id=once)
    assert Delivery.objects.count() == 1


def test_undo_takes_it_back_and_the_customer_waits_since_before(heard, answer):
    assert undo(answer.delivery)
    answer.delivery.refresh_from_db()
    heard.conversation.refresh_from_db()
    assert answer.delivery.status == "cancelled"
    assert heard.conversation.waiting_since == heard.created_at
    assert heard.conversation.snippet == heard.text[:160]  # the row does not show what was never said


def test_what_goes_after_all_ends_the_waiting(heard, answer):
    undo(answer.delivery)
    assert retry(answer.delivery)
    heard.conversation.refresh_from_db()
    assert heard.conversation.waiting_since is None and heard.conversation.snippet == "Of course, Ann."


def test_an_answer_that_failed_and_is_tried_again_leaves_nobody_waiting(heard, answer):
    settle(answer.delivery, PERMANENT)
    heard.conversation.refresh_from_db()
    assert heard.conversation.waiting_since
    retry(answer.delivery)
    heard.conversation.refresh_from_db()
    assert heard.conversation.waiting_since is None


def test_undo_comes_too_late_once_it_is_being_sent(answer):
    Delivery.objects.update(status="sending", tries=1)
    assert not undo(answer.delivery)


def test_send_later_is_taken_back_when_the_customer_writes_first(heard, ada, mail):
    later = answer_of(heard, ada, mail, send_at=timezone.now() + timedelta(days=1))
    receive(from_ann(mail, "Never mind, it fits."))
    later.delivery.refresh_from_db()
    assert (later.delivery.status, later.delivery.error) == ("cancelled", "The customer wrote first.")


def test_an_answer_within_undo_is_not_taken_back_by_the_customer(answer, mail):
    receive(from_ann(mail, "One more thing"))
    answer.delivery.refresh_from_db()
    assert answer.delivery.status == "queued"


def test_a_temporary_failure_is_tried_again_for_four_days(answer):
    assert sum(WAITS, timedelta()) > timedelta(days=4)
    Delivery.objects.update(tries=1, status="sending")
    delivery = settle(answer.delivery, TEMPORARY)
    assert (delivery.status, delivery.error) == ("queued", "Their server is full.")
    assert delivery.due_at > timezone.now()
    Delivery.objects.update(tries=len(WAITS) + 1, status="sending")
    assert settle(answer.delivery, TEMPORARY).status == "failed"


def test_a_permanent_failure_reopens_the_conversation_and_says_why(answer):
    type(answer.conversation).objects.update(status=Status.RESOLVED, resolved_at=timezone.now())
    assert settle(answer.delivery, PERMANENT).status == "failed"
    answer.conversation.refresh_from_db()
    assert answer.conversation.status == Status.OPEN
    assert answer.conversation.waiting_since
    assert Activity.objects.get().reason == "There is no such mailbox."


def test_a_late_sent_does_not_undo_a_read(answer):
    settle(answer.delivery, DeliveryReport("read"))
    assert settle(answer.delivery, DeliveryReport("sent")).status == "read"


def test_a_bounce_may_follow_sent(answer):
    settle(answer.delivery, DeliveryReport("sent", external_id="m1"))
    assert settle(answer.delivery, PERMANENT).status == "failed"


def test_retry_makes_a_new_try_or_says_that_there_is_none_to_make(answer):
    assert not retry(answer.delivery)
    settle(answer.delivery, PERMANENT)
    assert retry(answer.delivery)
    answer.delivery.refresh_from_db()
    assert (answer.delivery.status, answer.delivery.error) == ("queued", "")


def test_a_note_has_no_delivery_and_calls_the_mentioned_in(heard, ada, linus):
    said = note(heard.conversation, html="<p>@Linus, look</p>", by=ada, client_id=uuid.uuid4(), mentions=[linus])
    assert not Delivery.objects.exists()
    assert said.channel is None
    assert type(heard.conversation).objects.visible_to(linus).get() == heard.conversation


@pytest.mark.parametrize("became", ["failed", "uncertain"])
def test_what_could_not_be_sent_is_removed_folded_and_the_customer_waits_again(became, heard, answer, ada):
    Delivery.objects.update(tries=1, status="sending")
    settle(answer.delivery, DeliveryReport(became, error="There is no such mailbox.", said="550", is_permanent=True))
    assert remove(answer.delivery, by=ada)
    assert not remove(answer.delivery, by=ada), "twice is once"
    answer.refresh_from_db()
    heard.conversation.refresh_from_db()
    assert (answer.delivery.status, answer.delivery.was_removed) == ("cancelled", True)
    assert heard.conversation.waiting_since == heard.created_at
    assert Activity.objects.filter(verb="removed", by=ada).count() == 1
    page = render_to_string("conversations/timeline/message.html", {"message": answer, "event": answer})
    assert "Removed, not sent" in page and "Of course, Ann." in page and "There is no such mailbox." in page


def test_what_is_on_its_way_or_arrived_is_not_removed(answer, ada):
    for status in ("queued", "sending", "sent", "delivered", "read"):
        Delivery.objects.update(status=status)
        assert not remove(answer.delivery, by=ada)


def test_what_was_removed_can_be_sent_after_all(answer, ada):
    Delivery.objects.update(status="failed", tries=1)
    remove(answer.delivery, by=ada)
    assert retry(answer.delivery)
    answer.delivery.refresh_from_db()
    assert (answer.delivery.status, answer.delivery.was_removed) == ("queued", False)


def test_an_agent_removes_by_the_button_that_stands_beside_try_again(client, answer, ada):
    Delivery.objects.update(status="failed", tries=1)
    client.force_login(ada)
    address = f"/deliveries/{answer.delivery.pk}/"
    assert f'hx-post="{address}"' in client.get(f"/conversations/{answer.conversation_id}/").text
    assert "Removed." in client.post(address, headers={"HX-Request": "true"}).text
    assert Delivery.objects.get().was_removed


def test_nobody_removes_what_they_may_not_see(client, answer, linus, returns):
    Delivery.objects.update(status="failed", tries=1)
    type(answer.conversation).objects.update(team=returns)
    client.force_login(linus)
    assert client.post(f"/deliveries/{answer.delivery.pk}/").status_code == 404
    assert Delivery.objects.get().status == "failed"


def test_what_was_tried_before_cannot_be_taken_back_as_if_it_had_not(answer):
    Delivery.objects.update(status="sending", tries=3)
    settle(answer.delivery, DeliveryReport("uncertain", error="Silence."))
    assert retry(answer.delivery)
    answer.delivery.refresh_from_db()
    assert answer.delivery.tries == 1
    assert not undo(answer.delivery)


def test_what_was_given_up_says_so_when_it_did_arrive(answer, ada):
    Delivery.objects.update(status="sending", tries=1)
    settle(answer.delivery, DeliveryReport("uncertain", error="Silence."))
    assert remove(answer.delivery, by=ada)
    assert settle(answer.delivery, PERMANENT).status == "cancelled"
    assert settle(answer.delivery, DeliveryReport("delivered")).status == "delivered"


def test_what_was_taken_back_in_time_stays_so(answer):
    undo(answer.delivery)
    assert settle(answer.delivery, DeliveryReport("sent")).status == "cancelled"
