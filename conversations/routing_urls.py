"""Addresses of routing: its decisions, what if, its rules, and the builder of conditions that other settings share."""

from django.urls import path

from conversations.views import conditions, decisions, rule, rules, what_if

urlpatterns = [
    path("routing/", decisions.routing, name="routing"),
    path("routing/decisions/<int:pk>/", decisions.decision, name="decision"),
    path("routing/decisions/<int:pk>/override/", decisions.decision_override, name="decision_override"),
    path("routing/replays/", what_if.replay_list, name="replays"),
    path("routing/replays/<int:pk>/", what_if.replay, name="replay"),
    path("routing/replays/<int:pk>/changes/", what_if.replay_changes, name="replay_changes"),
    path("activities/<int:pk>/why/", decisions.why, name="why"),
    path("routing/rules/", rules.routing_rules, name="routing_rules"),
    path("routing/rules/import/", rules.import_rules, name="import_rules"),
    path("routing/rules/<int:pk>/", rules.policy, name="policy"),
    path("routing/rules/<int:pk>/order/", rules.policy_order, name="policy_order"),
    path("routing/rules/<int:pk>/publication/", rules.policy_publication, name="policy_publication"),
    path("routing/rules/<int:pk>/trial/", rules.policy_trial, name="policy_trial"),
    path("routing/rules/<int:pk>/yaml/", rules.policy_yaml, name="policy_yaml"),
    path("routing/rules/<int:pk>/settings/", rule.policy_settings, name="policy_settings"),
    path("routing/rules/<int:pk>/rule/", rule.policy_rule, name="new_policy_rule"),
    path("routing/rules/<int:pk>/rule/<slug:key>/", rule.policy_rule, name="policy_rule"),
    path("conditions/rows/", conditions.condition_rows, name="condition_rows"),
]
