"""Journeys, their moves and frictions, and the trigger for what of an episode they follow from alone."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# What migration 0038 does not mark, since nothing but journeys follows from it.
MARK = """
create function conversations_due_of_journey() returns trigger language plpgsql as $$
begin
    insert into conversations_due (kind, customer)
    select 'journeys', customer_id from conversations_conversation where id = new.conversation_id;
    return null;
end $$;
create trigger due_journey_of_episode after update on conversations_episode
    for each row when (
        (old.waited_open, old.transfers, old.conversation_id) is distinct from
        (new.waited_open, new.transfers, new.conversation_id)
    )
    execute function conversations_due_of_journey();
"""
UNMARK = """
drop trigger due_journey_of_episode on conversations_episode;
drop function conversations_due_of_journey;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0042_answers_in_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="Journey",
            fields=[
                (
                    "episode",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="journey",
                        serialize=False,
                        to="conversations.episode",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "before",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                (
                    "contact",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                (
                    "after",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                (
                    "gaps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(null=True), default=list, size=None
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not over yet"),
                            ("back", "came back with the same"),
                            ("refunded", "refunded"),
                            ("cancelled", "cancelled an order"),
                            ("returned", "sent something back"),
                            ("bought", "bought again"),
                            ("kept", "kept what they had bought"),
                            ("silent", "nothing more"),
                        ],
                        max_length=9,
                    ),
                ),
                ("is_over", models.BooleanField(default=False)),
                ("over_at", models.DateTimeField(blank=True, null=True)),
                ("dropped_at", models.CharField(blank=True, max_length=12)),
                ("way", models.CharField(blank=True, max_length=80)),
                ("lasted", models.PositiveIntegerField(default=0)),
                (
                    "segments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "frictions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                ("answers", models.PositiveSmallIntegerField(default=0)),
                ("good", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-at", "-episode"], name="journey_newest"),
                    models.Index(fields=["way", "-at"], name="journey_of_way"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                ["", "back", "refunded", "cancelled", "returned", "bought", "kept", "silent"],
                            )
                        ),
                        name="journey_outcome_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Usual",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("medium", models.CharField(blank=True, max_length=12)),
                ("seconds", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name_plural": "usual waits",
                "constraints": [models.UniqueConstraint(fields=("month", "medium"), name="usual_once")],
            },
        ),
        migrations.CreateModel(
            name="Friction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wait", "Waited long"),
                            ("repeat", "Asked again for what was known"),
                            ("loop", "Came back with the same within 7 days"),
                            ("pingpong", "Changed channels to and fro"),
                            ("handback", "Bot, person, and the bot again"),
                            ("checkout", "Left the checkout, then wrote"),
                            ("media", "Several channels for one matter"),
                            ("transfers", "Passed on twice or more"),
                            ("deed", "Something asked for was refused or failed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "journey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hard", to="conversations.journey"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="friction_at"),
                    models.Index(fields=["kind", "-at", "-id"], name="friction_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("journey", "kind"), name="friction_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "wait",
                                    "repeat",
                                    "loop",
                                    "pingpong",
                                    "handback",
                                    "checkout",
                                    "media",
                                    "transfers",
                                    "deed",
                                ],
                            )
                        ),
                        name="friction_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("position", models.SmallIntegerField()),
                ("source", models.CharField(blank=True, max_length=24)),
                ("target", models.CharField(max_length=24)),
                ("seconds", models.PositiveIntegerField(blank=True, null=True)),
                ("is_end", models.BooleanField(default=False)),
                (
                    "journey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="moves", to="conversations.journey"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="move_at"),
                    models.Index(fields=["position", "target", "-at", "-id"], name="move_into"),
                ],
                "constraints": [models.UniqueConstraint(fields=("journey", "position"), name="move_once")],
            },
        ),
        migrations.RunSQL(MARK, UNMARK),
    ]
