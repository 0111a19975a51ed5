"""Addresses of the deadlines of a conversation."""

from django.urls import path

from conversations.views import deadlines

urlpatterns = [
    path("conversations/<int:pk>/deadlines/", deadlines.deadlines, name="deadlines"),
]
