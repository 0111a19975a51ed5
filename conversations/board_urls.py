"""Addresses of what supervisors read: the live board, satisfaction, and how the bot does."""

from django.urls import path

from conversations.views import board, bot_report, report_files, report_schedules, reports, satisfaction

urlpatterns = [
    path("live/", board.live, name="live"),
    path("live/rows/<slug:what>/", board.board_rows, name="board_rows"),
    path("live/agents/<int:pk>/", board.board_agent, name="board_agent"),
    path("live/loans/", board.loans, name="loans"),
    path("live/loans/<int:pk>/", board.loan, name="loan"),
    path("satisfaction/", satisfaction.page, name="satisfaction"),
    path("satisfaction/answers/", satisfaction.rows, name="satisfaction_rows"),
    path("satisfaction/answers.csv", satisfaction.export, name="satisfaction_export"),
    path("satisfaction/answers/<int:pk>/review/", satisfaction.review, name="satisfaction_review"),
    path("bot/", bot_report.page, name="bot_report"),
    path("bot/rows/<slug:what>/", bot_report.rows, name="bot_rows"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<slug:key>/", reports.report, name="report"),
    path("reports/<slug:key>/rows/", reports.report_rows, name="report_rows"),
    path("reports/<slug:key>/schedules/", report_schedules.report_schedules, name="report_schedules"),
    path("reports/schedules/<int:pk>/", report_schedules.report_schedule, name="report_schedule"),
    path("reports/<slug:key>/export.<str:form>", report_files.report_file, name="report_file"),
    path("reports/<slug:key>/rows.<str:form>", report_files.rows_file, name="report_rows_file"),
    path("live/limits/", board.alert_limits, name="alert_limits"),
]
