"""Addresses of the admin's room."""

from django.urls import path

from integrations.views import connectors, connectors_events, connectors_sign_in, connectors_trying

urlpatterns = [
    path("", connectors.connectors, name="connectors"),
    path("new/", connectors.new_connector, name="new_connector"),
    path("troubles/", connectors.troubles, name="troubles"),
    path("signed-in/", connectors_sign_in.signed_in, name="connector_signed_in"),
    path("events/", connectors_events.events, name="connector_events"),
    path("events/<int:pk>/", connectors_events.event, name="connector_event"),
    path("<int:pk>/", connectors.connector, name="connector"),
    path("<int:pk>/fields/<slug:name>/", connectors.connector_field, name="connector_field"),
    path("<int:pk>/pause/", connectors.connector_pause, name="connector_pause"),
    path("<int:pk>/connection/", connectors.connector_connection, name="connector_connection"),
    path("<int:pk>/trial/", connectors_trying.connector_trial, name="connector_trial"),
    path("<int:pk>/past/", connectors_trying.connector_past, name="connector_past"),
    path("<int:pk>/sign-in/", connectors_sign_in.sign_in, name="connector_sign_in"),
]
