"""Addresses of the bots and of the articles that they answer out of."""

from django.urls import path

from deskapp.bots import bots

urlpatterns = [
    path("settings/bots/", bots.bot_list, name="bots"),
    path("settings/bots/new/", bots.bot, name="new_bot"),
    path("settings/bots/<int:pk>/", bots.bot, name="bot"),
]
