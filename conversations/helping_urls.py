"""Addresses of the help for agents: suggestions beside a thread, verdicts on them, and translations."""

from django.urls import path

from conversations.views import helping

urlpatterns = [
    path("conversations/<int:pk>/help/", helping.help_for, name="help"),
    path("conversations/<int:pk>/hints/<int:hint_pk>/", helping.hint, name="hint"),
    path("conversations/<int:pk>/translation/", helping.translation, name="translation"),
    path("me/help/", helping.use_of_help, name="use_of_help"),
]
