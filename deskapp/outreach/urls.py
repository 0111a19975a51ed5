"""Addresses of the rules that write first."""

from django.urls import path

from deskapp.outreach import trial, views

urlpatterns = [
    path("settings/outreach/", views.rule_list, name="outreach_rules"),
    path("settings/outreach/new/", views.rule, name="new_outreach_rule"),
    path("settings/outreach/<int:pk>/", views.rule, name="outreach_rule"),
    path("settings/outreach/<int:pk>/words/", views.words, name="outreach_words"),
    path("settings/outreach/<int:pk>/trial/", trial.trial, name="outreach_trial"),
    path("settings/outreach/<int:pk>/switch/", trial.switch, name="outreach_switch"),
]
