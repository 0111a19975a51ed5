"""The deskapp app: loads the deployment check, and what watches the desk when the environment asks for it."""

from django.apps import AppConfig


class DeskappConfig(AppConfig):
    name = "deskapp"

    def ready(self) -> None:
        from deskapp import checks  # noqa: F401  registers itself
        from deskapp.accounts.brought_in import Agents
        from deskapp.operations import watching
        from integrations.imports.kinds import KINDS

        KINDS["agents"] = Agents()
        watching.start()
