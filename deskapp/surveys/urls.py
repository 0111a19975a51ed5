"""Addresses of the surveys' settings."""

from django.urls import path

from deskapp.surveys import views

urlpatterns = [
    path("settings/surveys/", views.survey_list, name="surveys"),
    path("settings/surveys/new/", views.survey, name="new_survey"),
    path("settings/surveys/<int:pk>/", views.survey, name="survey_settings"),
    path("settings/surveys/<int:pk>/questions/", views.survey_questions, name="survey_questions"),
]
