"""What a rule says becomes a message of a conversation that begins with it, and goes at once."""

from django.utils import timezone
from django.utils.html import format_html, format_html_join

from conversations.canned_words import put
from conversations.envelopes import MessageDetails
from conversations.inbound.record import touch
from conversations.live.push import push_message
from conversations.models import Conversation, Medium, Message, OutreachRecord, OutreachRule, Status
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.outbound.outbox import enqueue
from conversations.outbound.way import Way as Wording
from conversations.outbound.way import filled
from conversations.outreach import links
from conversations.outreach.judging import Verdict
from conversations.outreach.words import BY_TEXT, STOP, in_language, values_of, worded
from conversations.plain import html_to_text
from conversations.reports import episodes
from conversations.sanitise import sanitise
from customers.models import Customer


def say(rule: OutreachRule, verdict: Verdict, record: OutreachRecord, customer: Customer) -> Message:
    """Call in a transaction, with the customer locked. It says of itself that it is automatic (RFC 3834), asks for
    nobody of us, and the conversation stays solved until they answer: what they say joins it, below what was said."""
    assert verdict.way is not None
    choice, now = verdict.way.choice, timezone.now()
    subject, html, details = worded_for(rule, verdict, record, customer)
    conversation = Conversation.objects.create(
        customer=customer,
        subject=subject[:300],
        language=verdict.language,
        team=choice.channel.team,
        status=Status.RESOLVED,
        resolved_at=now,
        last_message_at=now,
    )
    message = Message.objects.create(
        conversation=conversation,
        kind=MessageKind.OUTBOUND,
        channel=choice.channel,
        identity=choice.identity,
        subject=subject if choice.channel.medium == Medium.EMAIL else "",
        html=html,
        text=html_to_text(html),
        details=details,
        is_automatic=True,
        created_at=now,
    )
    touch(conversation, message)
    conversation.queue_at = place_in_queue(None, conversation.last_message_at)
    conversation.save()
    episodes.refresh(conversation)
    enqueue(message, due_at=now)
    push_message(message)
    return message


def preview(rule: OutreachRule, verdict: Verdict, customer: Customer) -> str:
    """The text as it would be read there, for who tries a rule."""
    return html_to_text(_said(rule, verdict, customer)[1])


def worded_for(
    rule: OutreachRule, verdict: Verdict, record: OutreachRecord, customer: Customer
) -> tuple[str, str, MessageDetails]:
    """Its subject, text and details, with the way to say: no more of these."""
    assert verdict.way is not None
    subject, html, details = _said(rule, verdict, customer)
    details["outreach"] = record.pk
    medium = verdict.way.choice.channel.medium
    if medium == Medium.EMAIL:
        stop = links.stop_address_of(record)
        details["unsubscribe"] = stop
        html += format_html('<p><a href="{}">{}</a></p>', stop, in_language(STOP, verdict.language))
    elif medium == Medium.SMS:
        html += format_html("<p>{}</p>", in_language(BY_TEXT, verdict.language))
    return subject, sanitise(html), details


def _said(rule: OutreachRule, verdict: Verdict, customer: Customer) -> tuple[str, str, MessageDetails]:
    assert verdict.way is not None
    values = values_of(verdict.occasion, customer, verdict.language)
    template = verdict.way.template
    if template is None:
        return *worded(rule, verdict.language, values), MessageDetails()
    sent, read = filled(template, [put(each, values) for each in rule.template_values])
    paragraphs = format_html_join("", "<p>{}</p>", ((part,) for part in read.split("\n\n")))
    return rule.name, paragraphs, Wording(template=sent).details()
