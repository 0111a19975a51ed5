"""Export, erasure and the rules of keeping, on the screen: who may, and what is asked twice."""

import io
import zipfile

import pytest
from django.utils import timezone

from conversations.models import Conversation, Message
from customers.models import Customer, Erasure, RetentionRule
from deskapp.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    customer = Customer.objects.create(name="Ann Onymous")
    conversation = Conversation.objects.create(customer=customer, last_message_at=timezone.now())
    Message.objects.create(conversation=conversation, kind="inbound", text="My secret")
    return customer


@pytest.fixture
def admin(sam):
    sam.role = Role.ADMIN
    sam.save()
    return sam


def test_a_supervisor_downloads_what_we_keep(client, sam, ann):
    client.force_login(sam)
    answer = client.get(f"/customers/{ann.pk}/export/")
    assert answer["Cache-Control"] == "private, no-store"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert "My secret" in archive.read("index.html").decode()
    assert "attachment" in answer["Content-Disposition"]


def test_an_admin_types_the_number_to_be_sure(client, admin, ann, django_capture_on_commit_callbacks):
    client.force_login(admin)
    page = client.get(f"/customers/{ann.pk}/erase/").content.decode()
    assert "Forget Ann Onymous?" in page and "One conversation of theirs is not solved yet." in page
    answer = client.post(f"/customers/{ann.pk}/erase/", {"sure": "yes"})
    assert answer.status_code == 422 and not Erasure.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/customers/{ann.pk}/erase/", {"sure": str(ann.pk), "reason": "asked by mail"})
    assert answer.status_code == 302 and Erasure.objects.get().by == admin
    from conversations.tasks import erase_asked

    erase_asked()
    assert Message.objects.get().text == "" and client.get(f"/customers/{ann.pk}/erase/").status_code == 404
    assert b"asked by mail" in client.get("/settings/privacy/").content


def test_the_customers_page_leads_to_both(client, sam, admin, ada, ann):
    def leads(agent):
        client.force_login(agent)
        page = client.get(f"/customers/{ann.pk}/").content.decode()
        return [what for what in ("export", "erase") if f'href="/customers/{ann.pk}/{what}/"' in page]

    assert leads(admin) == ["export", "erase"] and leads(ada) == []
    sam.role = Role.SUPERVISOR
    sam.save()
    assert leads(sam) == ["export"]


@pytest.mark.parametrize("right", ["sees_purchases", "sees_browsing"])
def test_who_may_not_see_all_of_it_exports_nothing(client, sam, ann, right):
    setattr(sam, right, False)
    sam.save()
    client.force_login(sam)
    assert client.get(f"/customers/{ann.pk}/export/").status_code == 404
    assert "/export/" not in client.get(f"/customers/{ann.pk}/").content.decode()


def test_nobody_else_may(client, ada, sam, ann):
    client.force_login(ada)
    assert client.get(f"/customers/{ann.pk}/export/").status_code == 404
    assert client.get("/settings/privacy/").status_code == 404
    client.force_login(sam)
    assert client.post(f"/customers/{ann.pk}/erase/", {"sure": str(ann.pk)}).status_code == 404
    assert not Erasure.objects.exists()


def test_rules_are_saved_tried_and_refused_in_words(client, admin):
    client.force_login(admin)
    assert client.post("/settings/privacy/", {"kind": "spam", "days": "7", "is_on": "on"}).status_code == 302
    assert RetentionRule.objects.get().days == 7
    for data in ({"kind": "spam", "days": "0"}, {"kind": "gone", "days": "5"}, {"kind": "spam", "days": "x"}):
        assert client.post("/settings/privacy/", data).status_code == 422
    assert RetentionRule.objects.get().days == 7
    assert b"Would go now" in client.get("/settings/privacy/?try").content


def test_an_admin_says_what_an_agent_sees_and_may_refund(client, admin, ada):
    client.force_login(admin)
    data = {"name": ada.name, "role": "agent", "sees_browsing": "on", "refund_limit": "50"}
    assert client.post(f"/settings/agents/{ada.pk}/", data).status_code == 302
    ada.refresh_from_db()
    assert (ada.sees_purchases, ada.sees_browsing, ada.refund_limit) == (False, True, 50)
