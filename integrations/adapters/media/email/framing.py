"""The frame of a channel's mails: its logo and a line above the words, a text below them; the same in plain text."""

import base64

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from conversations.models import Branding, Channel
from integrations.adapters.media.email.letter import Enclosure

LOGO = "logo.brand"  # the content id


def frame_of(channel: Channel) -> Branding | None:
    found = Branding.objects.filter(channel=channel).first()
    return found if found and (found.logo or found.mail_header or found.mail_footer) else None


def above(frame: Branding | None) -> str:
    """Nothing of it is foreign, and all of it is escaped."""
    if frame is None or not (frame.logo or frame.mail_header):
        return ""
    picture = f'<img src="cid:{LOGO}" alt="{escape(frame.channel.name)}" height="40"><br>' if frame.logo else ""
    line = f"3px solid {frame.colour}" if frame.colour else "1px solid #d5dadc"
    words = escape(frame.mail_header)
    return f'<div dir="auto" style="border-bottom:{line};padding-bottom:8px;margin-bottom:16px">{picture}{words}</div>'


def below(frame: Branding | None) -> str:
    if frame is None or not frame.mail_footer:
        return ""
    words = escape(frame.mail_footer.strip()).replace("\n", "<br>")
    return f'<div dir="auto" style="margin-top:16px;color:#5a6468;font-size:13px">{words}</div>'


def logo(frame: Branding | None) -> list[Enclosure]:
    if frame is None or not frame.logo:
        return []
    ending = frame.logo_type.partition("/")[2]
    return [Enclosure(f"logo.{ending}", frame.logo_type, bytes(frame.logo), LOGO)]


def data_address(one: Branding) -> SafeString | str:
    """The logo inside a page of ours, as it may not have been stored yet."""
    if not one.logo:
        return ""
    return format_html("data:{};base64,{}", one.logo_type, base64.b64encode(bytes(one.logo)).decode())
