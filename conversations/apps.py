"""The conversations app: says what it keeps of a customer, and how long."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"

    def ready(self) -> None:
        from conversations import belongings, keeping, parting
        from customers import merging, privacy, retention

        privacy.register(belongings.sections, belongings.STEPS)
        retention.register(*keeping.KINDS)
        merging.MARKERS.append(parting.marks)
        merging.PARTERS.append(parting.part)
