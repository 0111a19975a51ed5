"""Addresses of routing: its rules, and the builder of conditions that other settings share."""

from django.urls import path

from conversations.views import conditions

urlpatterns = [
    path("conditions/rows/", conditions.condition_rows, name="condition_rows"),
]
