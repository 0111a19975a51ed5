"""Addresses by which customers answer surveys."""

from django.urls import path

from conversations.views import survey

urlpatterns = [
    path("s/<str:token>/", survey.survey, name="survey"),
    path("s/<str:token>/stop/", survey.survey_stop, name="survey_stop"),
]
