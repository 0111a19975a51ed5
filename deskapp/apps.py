"""The deskapp app."""

from django.apps import AppConfig


class DeskappConfig(AppConfig):
    name = "deskapp"
