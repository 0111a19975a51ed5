"""Least sight, address by address: whatever names a thing by its number is 404 for who may not see that thing.

The addresses are read from the URL patterns. A new one with a number in it fails here until `things` has something
for it to name, or PUBLIC says why it needs no sight.
"""

import re
import uuid

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from conversations import dry_runs
from conversations.actions.labels import tag
from conversations.actions.merging import merge
from conversations.actions.people import merge_customers
from conversations.actions.splitting import split
from conversations.envelopes import CallReport
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.models import (
    Article,
    ArticleText,
    Attachment,
    Bot,
    BotMistake,
    BotTalk,
    CannedReply,
    Channel,
    Closure,
    Handoff,
    Hint,
    Hours,
    Loan,
    Macro,
    Message,
    OutreachRule,
    Replay,
    ReportSchedule,
    RequiredField,
    RoutingDecision,
    SavedView,
    Skill,
    SlaPolicy,
    Survey,
    SurveyAsk,
    SurveyResponse,
    SurveyVersion,
    Tag,
    Topic,
    TopicExample,
    Webhook,
)
from conversations.models import Rule as Automation
from conversations.outbound.compose import note, reply
from conversations.routing.drafting import draft
from conversations.routing.facts import Policy, Rule
from customers import suggestions
from customers.identify import Handle, identify
from customers.models import Segment
from deskapp.models import OwnRole
from integrations import exporting
from integrations.models import Connector, Import, RawEvent
from tests.conftest import from_ann
from tests.stories import with_a_past

pytestmark = pytest.mark.django_db

PUBLIC = {
    "hooks/<int:connector_id>/<str:secret>/": "a provider proves itself by the secret and its signature",
    "hooks/<int:connector_id>/<str:secret>/<slug:kind>/": "the same",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": "allauth asks for the password first, then looks among one's own keys",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": "the same",
}
NUMBER = re.compile(r"<int:(\w+)>")


def routes(patterns=None, prefix=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)


NUMBERED = sorted({route for route in routes() if NUMBER.search(route)} - set(PUBLIC))


FOR_CHIEFS = (
    "satisfaction/",
    "settings/surveys/",
    "settings/",
    "segments/",
    "routing/",
    "live/",
    "/export/",
    "/erase/",
)  # for whom there are no teams


def ready(admin):
    one = exporting.ask(with_files=False, by=admin)
    return exporting.run(one.pk)


@pytest.fixture
def things(mail, ada, returns, root):
    """Something of Returns, or of Ada alone, for each address: the numbers by the names of the route's parameters."""
    message = receive(from_ann(mail, "zanzibar", html="<p>zanzibar</p>"))
    conversation = message.conversation
    again = receive(from_ann(mail, "again"))
    merged = merge(split(conversation, messages=[again.pk], by=ada), into=conversation, by=ada)
    bob, _ = identify([Handle("email", "bob@home.example")])
    joined = merge_customers(bob, into=conversation.customer, by=ada)
    words = {"by": ada, "client_id": uuid.uuid4(), "html": "<p>zanzibar</p>"}
    answer = reply(conversation, channel=mail, identity=message.identity, **words)
    remark = note(conversation, **{**words, "client_id": uuid.uuid4()})
    file = Attachment(message=message, name="a.pdf", content_type="application/pdf", size=3)
    file.file.save("a", ContentFile(b"abc"))
    connector = Connector.objects.create(name="Mail", adapter="imap", channel=mail)
    came = RawEvent.objects.create(connector=connector, external_id="1", body=b"zanzibar", message=message)
    line = Channel.objects.create(name="Line", medium="voice", address="+442079460000", team=returns)
    caller = (Handle("phone", "+4791234567"),)
    called = hear(CallReport(line.pk, "c1", "in", "missed", timezone.now(), caller))
    session = UserSession.objects.create(user=ada, session_key="s" * 32, ip="127.0.0.1", user_agent="x")
    theirs = with_a_past(conversation.customer)
    guest, _ = identify([Handle("visitor", "v9"), Handle("email", "ann@home.example", is_verified=False)])
    double = suggestions.of(guest)[0]
    hint = Hint.objects.create(conversation=conversation, agent=ada, kind="canned", of=1)
    canned = CannedReply.objects.create(name="Hello", text="zanzibar", team=returns)
    macro = Macro.objects.create(name="Zanzibar", usable_in=returns, resolves=True)
    automatic = Automation.objects.create(name="Zanzibar", event="arrived", actions=[{"do": "tag", "value": "vip"}])
    hook = Webhook.objects.create(name="Zanzibar", url="https://shop.example/")
    about = TopicExample.objects.create(topic=Topic.objects.create(name="Zanzibar"), text="zanzibar")
    by_bot = Message.objects.create(conversation=conversation, kind="outbound", is_bot=True, text="zanzibar")
    talked = BotTalk.objects.create(conversation=conversation, term=1, began_at=by_bot.created_at)
    mistaken = BotMistake.objects.create(message=by_bot, talk=talked)
    written = ArticleText.objects.create(
        article=Article.objects.create(name="Zanzibar"), language="en", title="Zanzibar", body="zanzibar"
    )
    office = Hours.objects.create(name="Office")
    Handoff.objects.create(conversation=conversation, reason="asked", term=1)
    passed = conversation.activities.create(verb="handed_over")
    made = RoutingDecision.objects.create(conversation=conversation, trigger="arrived", kind="team", team=returns)
    now = timezone.now()
    closed = Closure.objects.create(hours=office, day=timezone.now().date())
    poll = Survey.objects.create(name="Zanzibar", kind="csat", touchpoint="resolution")
    asking = SurveyAsk.objects.create(
        survey=poll, version=SurveyVersion.objects.create(survey=poll, number=1), customer=conversation.customer,
        conversation=conversation, touchpoint="resolution", key="zanzibar",
    )  # fmt: skip
    rated = SurveyResponse.objects.create(
        ask=asking, survey=poll, conversation=conversation, kind="csat", touchpoint="resolution", way="link"
    )
    return {
        "satisfaction/": {"pk": rated.pk},
        "reports/schedules/": {
            "pk": ReportSchedule.objects.create(owner=ada, report="x", zone="UTC", forms=["pdf"], next_at=now).pk
        },
        "settings/surveys/": {"pk": poll.pk},
        "settings/outreach/": {"pk": OutreachRule.objects.create(name="Zanzibar", kind="cart").pk},
        "conversations/<int:pk>/merges/<int:entry_pk>/": {"entry_pk": merged.pk},
        "conversations/<int:pk>/customer/merges/<int:entry_pk>/": {"entry_pk": joined.pk},
        "conversations/<int:pk>/tags/<int:tag_pk>/": {"tag_pk": tag(conversation, name="vip", by=ada).pk},
        "conversations/<int:pk>/identities/<int:identity_pk>/": {"identity_pk": message.identity_id},
        "conversations/": {"pk": conversation.pk},
        "conversations/<int:pk>/hints/<int:hint_pk>/": {"hint_pk": hint.pk},
        "conversations/<int:pk>/channels/<int:channel_pk>/templates/": {"channel_pk": mail.pk},
        "messages/<int:pk>/text/": {"pk": remark.pk},
        "messages/": {"pk": message.pk},
        "messages/<int:pk>/caller/": {"pk": called.pk},
        "messages/<int:pk>/said/": {"pk": called.pk},
        "call-backs/": {"pk": called.conversation.call_backs.get().pk},
        "deliveries/": {"pk": answer.delivery.pk},
        "files/": {"pk": file.pk},
        "canned/": {"pk": canned.pk},
        "macros/": {"pk": macro.pk},
        "conversations/<int:pk>/macros/<int:macro_pk>/": {"macro_pk": macro.pk},
        "views/": {"pk": SavedView.objects.create(owner=ada, name="Own", query="status=open").pk},
        "search/customers/": {"pk": conversation.customer_id},
        "customers/": {"pk": conversation.customer_id},
        "customers/<int:pk>/merges/<int:entry_pk>/": {"entry_pk": joined.pk},
        "customers/<int:pk>/identities/<int:identity_pk>/": {"identity_pk": message.identity_id},
        "customers/<int:pk>/doubles/<int:suggestion_pk>/": {"suggestion_pk": double.pk},
        "customers/<int:pk>/told-apart/<int:other_pk>/": {"other_pk": double.other_id},
        "customers/<int:pk>/visits/<int:visit_pk>/": {"visit_pk": theirs["visitor"].visits.get().pk},
        "segments/": {"pk": Segment.objects.create(name="Zanzibar", conditions={}).pk},
        "routing/rules/": {"pk": draft(Policy(rules=(Rule("joining", "Zanzibar"),)), by=root).pk},
        "routing/decisions/": {"pk": made.pk},
        "routing/replays/": {"pk": Replay.objects.create(since=now, until=now, state="done").pk},
        "activities/<int:pk>/handoff/": {"pk": passed.pk},
        "activities/": {"pk": conversation.activities.create(verb="routed").pk},
        "live/agents/": {"pk": ada.pk},
        "live/loans/": {"pk": Loan.objects.create(agent=ada, team=returns, until=timezone.now()).pk},
        "visitors/": {"pk": theirs["visitor"].pk},
        "orders/": {"pk": theirs["shop"].orders.get().pk},
        "me/sessions/": {"pk": session.pk},
        "settings/agents/": {"pk": ada.pk},
        "settings/teams/": {"pk": returns.pk},
        "settings/hours/": {"pk": office.pk},
        "settings/hours/<int:pk>/closures/<int:closure_pk>/": {"closure_pk": closed.pk},
        "settings/branding/": {"pk": mail.pk},
        "settings/roles/": {"pk": OwnRole.objects.create(name="Zanzibar").pk},
        "settings/skills/": {"pk": Skill.objects.create(name="Zanzibar").pk},
        "settings/deadlines/": {"pk": SlaPolicy.objects.create(name="Zanzibar", first_response=60).pk},
        "settings/topics/": {"pk": about.topic_id, "example_pk": about.pk},
        "settings/articles/": {"pk": written.article_id, "text_pk": written.pk},
        "messages/<int:pk>/mistake/": {"pk": mistaken.message_id},
        "settings/bots/mistakes/": {"pk": mistaken.pk},
        "settings/bots/": {"pk": Bot.objects.create(name="Zanzibar").pk},
        "settings/automation/": {"pk": automatic.pk},
        "settings/automation/dry-runs/": {"pk": dry_runs.start(automatic, days=1, by=root).pk},
        "settings/automation/webhooks/": {"pk": hook.pk},
        "settings/automation/webhooks/calls/": {"pk": hook.calls.create(conversation=conversation).pk},
        "settings/automation/fields/": {"pk": RequiredField.objects.create(name="Zanzibar", kind="text").pk},
        "settings/tags/": {"pk": Tag.objects.create(name="zanzibar").pk},
        "settings/imports/exports/": {"pk": ready(root).pk},
        "settings/imports/": {"pk": Import.objects.create(what="customers", form="csv", name="zanzibar.csv").pk},
        "settings/connectors/": {"pk": connector.pk},
        "settings/connectors/events/": {"pk": came.pk},
    }


def address(route, things):
    """The address of what the longest fitting entries name."""
    named = {}
    for beginning in sorted((each for each in things if route.startswith(each)), key=len):
        named |= things[beginning]
    filled = NUMBER.sub(lambda found: str(named[found[1]]), route).replace("<slug:key>", "joining")
    what = "call" if route.startswith("customers/") else "resend"
    return "/" + filled.replace("<str:mode>", "reply").replace("<slug:name>", "joining").replace("<slug:what>", what)


def statuses(client, where):
    return {method: getattr(client, method)(where).status_code for method in ("get", "post", "delete")}


def walked(things, answers, right):
    """The addresses where something else than `right` came. What one of them does is undone before the next, since
    all are walked among the same things."""
    wrong = {}
    for route in NUMBERED:
        with transaction.atomic():
            found = answers(address(route, things))
            transaction.set_rollback(True)
        if not right(found):
            wrong[route] = found
    return wrong


def test_linus_of_another_team_finds_nothing_there(client, linus, things):
    client.force_login(linus)

    def nothing(found):
        return 404 in found.values() and set(found.values()) <= {404, 405}

    assert not walked(things, lambda where: statuses(client, where), nothing)


def test_nor_does_who_is_not_signed_in(client, things):
    assert not walked(things, lambda where: statuses(client, where), lambda found: set(found.values()) <= {302, 405})


def test_whoever_may_see_it_does(ada, root, things):
    chief, hers = Client(), Client()
    chief.force_login(root)
    hers.force_login(ada)

    def answers(where):
        route = where.removeprefix("/")
        client = chief if route.startswith(FOR_CHIEFS) or route.endswith(FOR_CHIEFS) else hers
        status = client.get(where).status_code
        return client.post(where).status_code if status == 405 else status

    assert not walked(things, answers, lambda status: status in (200, 204, 302, 422))


def test_the_exceptions_are_addresses_still():
    assert set(PUBLIC) <= set(routes())


def test_linus_learns_nothing_of_a_customer_of_returns_by_naming_them(client, linus, billing, mail):
    ann = receive(from_ann(mail, "zanzibar")).conversation.customer
    own = receive(from_ann(mail, "mine", address="bob@home.example")).conversation
    own.team = billing
    own.save()
    client.force_login(linus)
    for asked in (f"customer:{ann.pk}", "ann@home.example"):
        for scope in ("conversation", "all"):
            data = {"customer": asked, "scope": scope}
            answer = client.post(f"/conversations/{own.pk}/customer/", data, HTTP_HX_REQUEST="true")
            assert answer.status_code == 422 and b"Ann Bell" not in answer.content
        identity = own.customer.identities.get().pk
        data = {"customer": asked}
        answer = client.post(f"/conversations/{own.pk}/identities/{identity}/", data, HTTP_HX_REQUEST="true")
        assert answer.status_code == 422 and b"Ann Bell" not in answer.content
    own.refresh_from_db()
    assert own.customer != ann
