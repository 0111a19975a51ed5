"""What a lead of one team is told by reports: nothing that leads further than they may go."""

import csv
import io
import re
from dataclasses import replace

import pytest
from django.urls import reverse

from conversations.inbound.receive import receive
from conversations.models import Conversation
from conversations.reports import every
from conversations.reports.sheets import tables
from conversations.reports.sheets.sheet import Behind
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
