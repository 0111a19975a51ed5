"""The customers app: says what it keeps of a customer, and how long."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from customers import belongings, keeping, privacy, retention

        privacy.register(belongings.sections, belongings.STEPS)
        retention.register(*keeping.KINDS)
