"""What a lead of one team is told by reports: nothing that leads further than they may go."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Advice, Conversation, Episode
from conversations.reports import every
from conversations.reports.sheets import tables
from conversations.reports.sheets.sheet import Behind
from customers.models import Customer, Segment
from deskapp.models import OwnRole
from tests.conftest import from_ann
from tests.conversations.reports.shapes import REPORT

pytestmark = pytest.mark.django_db


def lead(agent, *permissions):
    """Who reads reports of their own team alone."""
    granted = ["reports.see", "purchases.see", "browsing.see", *permissions]
    agent.own_role, agent.granted = OwnRole.objects.create(name=f"Lead {agent.pk}", permissions=granted), granted
    agent.save()
    return agent


def file_of(client, key, cell, **query):
    answer = client.get(reverse("report_rows_file", args=[key, "csv"]), {"cell": cell, **query})
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [(row["Conversation"], row["Customer"]) for row in csv.DictReader(io.StringIO(text))]


def page_of(client, key, cell, **query):
    page = client.get(reverse("report_rows", args=[key]), {"cell": cell, **query}).content.decode()
    rows = re.findall(r"<tr>(<td><time.*?)</tr>", page, re.DOTALL)
    found = []
    for row in rows:
        talk, who = re.search(r'href="/conversations/(\d+)/"', row), re.search(r'href="/customers/(\d+)/"', row)
        found.append((talk[1] if talk else "", who[1] if who else ""))
    return found


def test_files_name_conversations_and_customers_only_where_the_page_has_a_link(
    client, linus, sam, shop_report, monkeypatch
):
    monkeypatch.setattr(tables, "CHUNK", 2)
    client.force_login(lead(linus))
    told = file_of(client, "shapes", "what=all")
    assert told == page_of(client, "shapes", "what=all") and len(told) == 5
    seen = Conversation.objects.visible_to(linus).get()
    assert sorted(told) == [("", "")] * 4 + [(str(seen.pk), str(seen.customer_id))]
    client.force_login(sam)
    told = file_of(client, "shapes", "what=all")
    assert told == page_of(client, "shapes", "what=all") and all(talk and who for talk, who in told)


@pytest.fixture
def shop_report(mail, monkeypatch):
    """Of all teams, as purchases are; one of the conversations is of nobody's team."""

    def behind(asked, cell):
        rows = Conversation.objects.all()
        return Behind("All", rows, "created_at", [], lambda row: row.pk, lambda row: row.customer_id)

    monkeypatch.setattr(every, "REPORTS", (replace(REPORT, behind=behind),))
    talks = [receive(from_ann(mail, f"{n}", address=f"ann{n}@home.example")).conversation for n in range(5)]
    Conversation.objects.filter(pk=talks[2].pk).update(team=None)


@pytest.mark.parametrize(
    ("key", "only"),
    [
        *(("journeys", {"outcome": each}) for each in ("bought", "kept", "refunded", "cancelled", "returned")),
        ("journeys", {"tier": "Gold"}),
        ("friction", {"tier": "Gold"}),
        ("journeys", {"segment": "{segment}"}),
    ],
)
def test_who_sees_no_purchases_cannot_narrow_journeys_by_them(client, linus, key, only):
    Customer.objects.create(name="Ann", tier="Gold")
    cache.delete("journey-tiers")
    [(name, value)] = only.items()
    value = value.format(segment=Segment.objects.create(name="Buyers", conditions={}).pk)
    addresses = [reverse("report", args=[key]), reverse("report_file", args=[key, "csv"])]
    addresses.append(reverse("report_rows", args=[key]) + "?cell=what%3Djourneys")
    client.force_login(lead(linus))
    offered = client.get(addresses[0]).content.decode()
    assert [client.get(each, {name: value}).status_code for each in addresses[:2]] == [200, 200]
    assert f'name="{name}"' in offered and f'<option value="{value}"' in offered
    linus.sees_purchases = False
    linus.save()
    page = client.get(addresses[0]).content.decode()
    assert f'<option value="{value}"' not in page and ("outcome" in only) == (f'name="{name}"' in page)
    assert [client.get(each, {name: value}).status_code for each in addresses[:2]] == [404, 404]
    assert client.get(f"{addresses[2]}&{name}={value}").status_code == 404


def test_what_tells_of_no_purchase_stays_to_be_asked_for(client, linus):
    linus.sees_purchases = False
    client.force_login(lead(linus))
    for outcome in ("open", "back", "silent"):
        page = client.get(reverse("report", args=["journeys"]), {"outcome": outcome})
        assert page.status_code == 200 and f'<option value="{outcome}" selected' in page.content.decode()


def test_talks_of_other_teams_are_counted_and_not_listed(client, linus, sam, billing, returns):
    """What talks lead to is of no team, as purchases are."""
    at = timezone.now() - timedelta(days=40)
    for team in (billing, returns, returns, None):
        talk = Conversation.objects.create(customer=Customer.objects.create(name="Ann"), team=team, last_message_at=at)
        episode = Episode.objects.create(conversation=talk, began_at=at, medium="chat", team=team)
        Advice.objects.create(episode=episode, customer=talk.customer, at=at, medium="chat")
    theirs = {talk.pk for talk in Conversation.objects.visible_to(lead(linus))}
    assert len(theirs) == 2
    said = {}
    for who in (linus, sam):
        client.force_login(who)
        report = client.get(reverse("report", args=["customers"]), {"for": "12m"}).content.decode()
        page = client.get(reverse("report_rows", args=["customers"]), {"for": "12m", "cell": "what=advice"})
        assert page.context["total"] == 4
        listed = {row.conversation for row in page.context["rows"]}
        assert {int(talk) for talk, _who in file_of(client, "customers", "what=advice", **{"for": "12m"})} == listed
        said[who] = listed, page.context["says"], "Talks of all teams are counted" in report
    assert said[linus] == (theirs, "Counted are those of all teams; listed are the 2 of them that you may open.", True)
    assert said[sam] == (set(Conversation.objects.values_list("pk", flat=True)), "", False)
