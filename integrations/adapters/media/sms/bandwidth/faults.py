"""What Bandwidth's codes mean: https://dev.bandwidth.com/docs/messaging/errors (also kept in
https://github.com/Bandwidth/api-docs, site/docs/messaging/errors.mdx).

The first two digits tell who said so: 47 and 56 a network, the others Bandwidth. The same table serves refused requests
(`type`, or the status) and messages that were not delivered (`errorCode`).
"""

from django.utils.translation import gettext_lazy as _

from integrations.adapters.media.provider import Fault

FAULTS: dict[str, Fault] = {
    "unauthorized": Fault(_("Bandwidth does not know the desk's key any more."), is_credential=True),
    "401": Fault(_("Bandwidth does not know the desk's key any more."), is_credential=True),
    "forbidden": Fault(_("The key may not send messages at Bandwidth."), is_credential=True),
    "403": Fault(_("The key may not send messages at Bandwidth."), is_credential=True),
    "max-message-queue-size-exceeded": Fault(
        _("Too many messages wait at Bandwidth."), is_permanent=False, wait=60, is_for_all=True
    ),
    "request-validation": Fault(_("Bandwidth does not understand the message: is the number one with its country?")),
    "4001": Fault(_("Bandwidth does not allow this message.")),
    "4301": Fault(_("The message has signs that cannot be sent.")),
    "4302": Fault(_("Our own number is no phone number that can be used.")),
    "4303": Fault(_("Their number is no phone number.")),
    "4350": Fault(_("Their number is no phone number.")),
    "4360": Fault(_("It could not be delivered in time.")),
    "4401": Fault(_("No message gets from our number to theirs: the networks do not connect.")),
    "4403": Fault(_("Our own number may not send messages.")),
    "4404": Fault(_("Their number takes no messages.")),
    "4405": Fault(_("Our own number is not in use.")),
    "4406": Fault(_("Their number is not in use.")),
    "4407": Fault(_("Our own number is not at this Bandwidth account.")),
    "4408": Fault(_("Their number takes no messages.")),
    "4409": Fault(_("Their number takes no pictures.")),
    "4410": Fault(_("Bandwidth could not fetch the file from the desk: is SITE_URL reachable from outside?")),
    "4411": Fault(_("The files are larger than a message takes.")),
    "4412": Fault(_("This kind of file cannot be sent.")),
    "4420": Fault(_("Their network cannot be reached.")),
    "4421": Fault(_("The Bandwidth account may not send there.")),
    "4431": Fault(_("The Bandwidth account may not send from a short number.")),
    "4432": Fault(_("The Bandwidth account may not send to this country.")),
    "4433": Fault(_("The Bandwidth account may not send from a toll-free number.")),
    "4434": Fault(_("Their toll-free number takes no messages.")),
    "4435": Fault(_("There are more recipients than a group takes.")),
    "4451": Fault(_("The Bandwidth account's number is wrong.")),
    "4452": Fault(_("The Bandwidth application is wrong, or not of this number.")),
    "4470": Fault(_("Bandwidth took the message for spam and dropped it.")),
    "4481": Fault(_("Our own number is barred: networks have had complaints.")),
    "4482": Fault(_("They take no messages from us: they answered STOP, or are barred.")),
    "4492": Fault(_("No message may go to an emergency number.")),
    "4493": Fault(_("The Bandwidth account may not send this.")),
    "4700": Fault(_("Their network or their phone takes no such messages.")),
    "4701": Fault(_("Their phone cannot be reached.")),
    "4702": Fault(_("Their phone is off or out of reach, or takes no messages.")),
    "4711": Fault(_("The file is larger than their network takes.")),
    "4712": Fault(_("Their network does not take this kind of file.")),
    "4720": Fault(_("Their network says that their number takes no messages, or that there is none.")),
    "4721": Fault(_("Their number is out of use.")),
    "4730": Fault(_("No way leads to their network just now: they may be abroad.")),
    "4740": Fault(_("Their network does not take messages from our own number.")),
    "4750": Fault(_("Their network refused the message.")),
    "4751": Fault(_("Their network finds the message too long.")),
    "4752": Fault(_("Their network does not understand the message.")),
    "4770": Fault(_("Their network took the message for spam and dropped it.")),
    "4771": Fault(_("Their network takes no shortened links.")),
    "4772": Fault(_("Their number or ours is barred.")),
    "4773": Fault(_("Our number's campaign (10DLC) is not active for their network.")),
    "4774": Fault(_("Our number is not registered rightly: Bandwidth's support can tell what is missing.")),
    "4775": Fault(_("They answered STOP: their network lets nothing through.")),
    "4780": Fault(_("T-Mobile takes no more messages from us today.")),
    "4781": Fault(_("AT&T takes no more messages from us for now.")),
    "4785": Fault(_("Their network takes no more messages from us for now.")),
    "4790": Fault(_("Their network lets no messages of short numbers through to them.")),
    "4791": Fault(_("Their network does not take this campaign of our short number.")),
    "4792": Fault(_("Our short number is not set up at their network.")),
    "4793": Fault(_("Our short number has ended at their network.")),
    "4795": Fault(_("Our toll-free number is not confirmed yet: networks do not take its messages.")),
    "5106": Fault(_("Bandwidth could not send it.")),
    "5600": Fault(_("Their network is out of order.")),
    "9902": Fault(_("Their network never said whether it arrived.")),
    "9999": Fault(_("It did not arrive, and their network does not say why.")),
}


def words_of(code: str) -> str:
    """In the agent's words; for a code that is not in the table, by its first digits."""
    fault = FAULTS.get(code)
    if fault:
        return str(fault.text)
    kinds = {"47": "4750", "56": "5600", "9": "9999"}
    known = next((same for start, same in kinds.items() if code.startswith(start)), "5106")
    return str(FAULTS[known].text)
