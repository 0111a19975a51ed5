"""Addresses of the live board."""

from django.urls import path

from conversations.views import board

urlpatterns = [
    path("live/", board.live, name="live"),
    path("live/rows/<slug:what>/", board.board_rows, name="board_rows"),
    path("live/agents/<int:pk>/", board.board_agent, name="board_agent"),
    path("live/loans/", board.loans, name="loans"),
    path("live/loans/<int:pk>/", board.loan, name="loan"),
    path("live/limits/", board.alert_limits, name="alert_limits"),
]
