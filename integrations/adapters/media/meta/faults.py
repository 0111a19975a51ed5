"""Meta's error codes, in the words of the agent or the admin who can do something about it.

developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes,
…/messenger-platform/error-codes, /docs/graph-api/guides/error-handling. A key is “code/subcode”, then “code”; “2xx” are
the permissions, “transient” what Meta itself calls passing.
"""

from django.utils.translation import gettext_lazy as _

from integrations.adapters.about import Words
from integrations.adapters.media.provider import Fault

_KEY = _("Meta does not accept the desk's access token any more: an admin must enter a new one.")
_RIGHT = _("The access token lacks a permission at Meta: an admin must give it there and enter a new one.")
_BUSY = _("%(name)s asks the desk to slow down. It goes on by itself.")
_DOWN = _("%(name)s has a problem of its own. The desk tries again by itself.")
_CLOSED = _("The time to answer is over: %(name)s takes only a template until the customer writes again.")
_LATE = _("The time to answer is over: %(name)s takes nothing until the customer writes again.")
_AWAY = _("%(name)s cannot reach this person: they may have blocked the shop, or left.")
_BLOCKED = _(
    "Meta has restricted this account for breaking its rules: an admin can see why in its Business Support Home."
)
_WRONG = _("%(name)s did not understand what the desk sent. Please report this.")
_FILE = _("%(name)s could not take the file: another format, or a smaller one, may pass.")
_TEMPLATE = _("The template cannot be sent as it is: %(name)s says that its values do not fit.")
_GONE_TEMPLATE = _("This template is not allowed any more, or not in this language. Choose another one.")
_ACCOUNT = _("WhatsApp has this number not ready for sending: an admin must look at it in WhatsApp Manager.")
_PAYMENT = _("Meta sends nothing for this account until its payment method is mended.")


def _later(text: Words, seconds: float | None = None) -> Fault:
    return Fault(text, is_permanent=False, wait=seconds)


def _rest(text: Words, seconds: float | None = None) -> Fault:
    """Of the whole app, number or page: nothing goes out for a while."""
    return Fault(text, is_permanent=False, wait=seconds, is_for_all=True)


FAULTS: dict[str, Fault] = {
    # Authorization
    "0": Fault(_KEY, is_credential=True),
    "102": Fault(_KEY, is_credential=True),
    "190": Fault(_KEY, is_credential=True),
    "463": Fault(_KEY, is_credential=True),
    "467": Fault(_KEY, is_credential=True),
    "3": Fault(_RIGHT, is_credential=True),
    "10": Fault(_RIGHT, is_credential=True),
    "131005": Fault(_RIGHT, is_credential=True),
    "2xx": Fault(_RIGHT, is_credential=True),
    "104": Fault(
        _("The app's secret does not fit the access token: an admin must enter the right one."), is_credential=True
    ),
    # Limits
    "4": _rest(_BUSY, 300.0),
    "17": _rest(_BUSY, 300.0),
    "32": _rest(_BUSY, 300.0),
    "341": _rest(_BUSY, 300.0),
    "613": _rest(_BUSY, 60.0),
    "80002": _rest(_BUSY, 900.0),
    "80006": _rest(_BUSY, 900.0),
    "80007": _rest(_BUSY, 900.0),
    "80008": _rest(_BUSY, 900.0),
    "130429": _rest(_BUSY, 5.0),
    "131056": _later(_("WhatsApp lets through only so many messages to one person. It goes on by itself."), 8.0),
    "131048": _rest(_("WhatsApp slows this number down because people blocked it. It goes on by itself."), 3600.0),
    "131057": _rest(_("WhatsApp is working on this account. It goes on by itself."), 600.0),
    "133004": _rest(_DOWN, 60.0),
    "4/2018022": _rest(_BUSY, 300.0),
    "4/2018354": _later(_BUSY, 3600.0),
    # Of their own
    "1": _later(_DOWN),
    "2": _later(_DOWN),  # also where the person has blocked the page
    "1200": _later(_DOWN),
    "131000": _later(_DOWN),
    "131016": _rest(_DOWN),
    "135000": Fault(_WRONG),
    "transient": _later(_DOWN),
    # The time to answer
    "470": Fault(_CLOSED),
    "131047": Fault(_CLOSED),
    "10/2018278": Fault(_LATE),
    "10/2018065": Fault(_LATE),
    "10/2018108": Fault(_LATE),
    "10/2534022": Fault(_LATE),
    "100/2018278": Fault(_LATE),
    "100/2534022": Fault(_LATE),
    # Whom it is for
    "100/2018001": Fault(_AWAY),
    "100/2534014": Fault(_AWAY),
    "200/1545041": Fault(_AWAY),
    "230": Fault(_RIGHT, is_credential=True),
    "551": Fault(_AWAY),
    "551/1545041": Fault(_AWAY),
    "10/2018300": Fault(_AWAY),
    "200/2018028": Fault(_("Until Meta has reviewed the app, it may only write to the app's own testers.")),
    "131026": Fault(_("This number cannot be reached on WhatsApp: it has none, an old one, or has blocked the shop.")),
    "131021": Fault(_("This is the shop's own number.")),
    "131030": Fault(_("A test number may only write to the numbers that are entered for it at Meta.")),
    "131049": Fault(_("WhatsApp did not deliver it: this person has had enough such messages for now.")),
    "131050": Fault(_("This person does not want marketing messages from the shop.")),
    "130472": Fault(_("WhatsApp did not deliver it: this person is part of a trial of Meta's.")),
    "130497": Fault(_("WhatsApp does not let this shop write to that country.")),
    "131062": Fault(_("WhatsApp sends this kind of template to a phone number only, and this person shows none.")),
    # What it is
    "33": Fault(_("There is no such account or number at Meta any more: an admin must look at the connection.")),
    "100": Fault(_WRONG),
    "2200": Fault(_("Meta called the desk's address, and did not hear what it had asked for.")),
    "100/33": Fault(
        _("There is no such account or number at Meta, or the access token may not see it."), is_credential=True
    ),
    "100/2018008": Fault(_FILE),
    "100/2018047": Fault(_FILE),
    "100/2018109": Fault(_("The file is larger than %(name)s takes.")),
    "4/2018109": Fault(_("The file is larger than %(name)s takes.")),
    "100/2534080": Fault(_FILE),
    "131008": Fault(_WRONG),
    "131009": Fault(_WRONG),
    "131051": Fault(_("WhatsApp does not carry this kind of message.")),
    "131052": Fault(_("WhatsApp does not have the file any more.")),
    "131053": Fault(_FILE),
    "132000": Fault(_TEMPLATE),
    "132005": Fault(_TEMPLATE),
    "132012": Fault(_TEMPLATE),
    "132018": Fault(_TEMPLATE),
    "132001": Fault(_GONE_TEMPLATE),
    "132007": Fault(_GONE_TEMPLATE),
    "132015": Fault(_("WhatsApp has paused this template because people did not like it. Choose another one.")),
    "132016": Fault(_GONE_TEMPLATE),
    # The account
    "368": _rest(_BLOCKED, 3600.0),
    "131031": _rest(_BLOCKED, 3600.0),
    "131037": Fault(_ACCOUNT),
    "131042": _rest(_PAYMENT, 3600.0),
    "131045": Fault(_ACCOUNT),
    "133006": Fault(_ACCOUNT),
    "133010": Fault(_ACCOUNT),
}


def fault_of(codes: tuple[str, ...]) -> Fault | None:
    return next((FAULTS[code] for code in codes if code in FAULTS), None)
