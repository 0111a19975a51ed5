"""Addresses of the rules of automation and of what belongs to them."""

from django.urls import path

from deskapp.automation import dry_runs, fields, log, rules, webhooks

urlpatterns = [
    path("settings/automation/", rules.rule_list, name="automation"),
    path("settings/automation/new/", rules.rule, name="new_automation_rule"),
    path("settings/automation/actions/", rules.actions, name="automation_actions"),
    path("settings/automation/log/", log.log, name="automation_log"),
    path("settings/automation/webhooks/", webhooks.webhooks, name="webhooks"),
    path("settings/automation/webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("settings/automation/webhooks/<int:pk>/secret/", webhooks.webhook_secret, name="webhook_secret"),
    path("settings/automation/webhooks/calls/<int:pk>/", webhooks.webhook_call, name="webhook_call"),
    path("settings/automation/fields/", fields.fields, name="required_fields"),
    path("settings/automation/fields/<int:pk>/", fields.field, name="required_field"),
    path("settings/automation/dry-runs/<int:pk>/", dry_runs.dry_run, name="dry_run"),
    path("settings/automation/dry-runs/<int:pk>/progress/", dry_runs.progress, name="dry_run_progress"),
    path("settings/automation/dry-runs/<int:pk>/stop/", dry_runs.stop, name="dry_run_stop"),
    path("settings/automation/<int:pk>/", rules.rule, name="automation_rule"),
    path("settings/automation/<int:pk>/place/", rules.place, name="automation_place"),
    path("settings/automation/<int:pk>/switch/", rules.switch, name="automation_switch"),
    path("settings/automation/<int:pk>/dry-runs/", dry_runs.begin, name="dry_runs"),
]
