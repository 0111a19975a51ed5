"""Addresses of calls: those that ring, those that are asked for, and those that are owed."""

from django.urls import path

from conversations.views import call_backs, calls

urlpatterns = [
    path("calls/", calls.ringing, name="ringing"),
    path("conversations/<int:pk>/calls/", calls.placed, name="place_call"),
    path("conversations/<int:pk>/call-backs/", call_backs.owed, name="call_backs"),
    path("call-backs/<int:pk>/", call_backs.call_back, name="call_back"),
    path("messages/<int:pk>/caller/", calls.caller, name="caller"),
    path("messages/<int:pk>/said/", calls.said, name="said_in_call"),
]
