"""The integrations app: listens for queued deliveries, and says what it keeps of a customer."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from conversations.bots.deeds import at_shop
        from conversations.bots.turn import brain_asked
        from conversations.helping import translating as helping
        from conversations.outbound import calling, outbox, seen
        from conversations.outbound.calling_out import webhook_queued
        from conversations.outbound.reactions import reaction_queued
        from customers import privacy, retention
        from integrations import belongings, keeping, translating
        from integrations.imports import mailed, tabled, told_elsewhere
        from integrations.imports.kinds import KINDS
        from integrations.imports.people import Customers
        from integrations.imports.talks import Conversations
        from integrations.outbound import deeds, dial, stored
        from integrations.queueing import queue_brain, queue_delivery, queue_reaction, queue_seen, queue_webhook

        outbox.delivery_queued.connect(queue_delivery, dispatch_uid="integrations.queue_delivery")
        brain_asked.connect(queue_brain, dispatch_uid="integrations.queue_brain")
        webhook_queued.connect(queue_webhook, dispatch_uid="integrations.queue_webhook")
        reaction_queued.connect(queue_reaction, dispatch_uid="integrations.queue_reaction")
        outbox.TAKES_AT_ONCE.append(stored.takes_at_once)
        calling.ABLE.append(dial.able)
        seen.TELL.append(queue_seen)
        at_shop.CARRY_OUT.append(deeds.carry_out)
        at_shop.POSSIBLE.append(deeds.possible)
        helping.WHO.append(translating.who)
        helping.TRANSLATE.append(translating.translate)
        privacy.register(belongings.sections, belongings.STEPS)
        retention.register(*keeping.KINDS)
        talks = {"csv": tabled.talk, "mbox": mailed.talk, "desk": told_elsewhere.talk}
        KINDS["customers"], KINDS["conversations"] = Customers(), Conversations(talks)
