import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0021_automation"),
        ("customers", "0012_consent_to_any_message"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Recount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("cursor", models.BigIntegerField(default=0)),
                ("counted", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="conversation",
            name="at_risk_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="clocks",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="conversation",
            name="sla_look_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="is_late",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="SlaPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("order", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True, verbose_name="in force")),
                ("conditions", models.JSONField(blank=True, default=dict)),
                (
                    "first_response",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="first answer within",
                    ),
                ),
                (
                    "next_response",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="every further answer within",
                    ),
                ),
                (
                    "resolution",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="solved within",
                    ),
                ),
                (
                    "is_round_the_clock",
                    models.BooleanField(default=False, verbose_name="every hour counts, of day and night"),
                ),
                (
                    "pauses",
                    models.BooleanField(
                        default=True, verbose_name="the time to a solution rests while the customer has the word"
                    ),
                ),
                (
                    "warn_at",
                    models.PositiveSmallIntegerField(
                        default=75,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(99),
                        ],
                        verbose_name="at risk when so much of the time is used",
                    ),
                ),
                ("escalate_after", models.PositiveIntegerField(default=0, verbose_name="minutes after the deadline")),
                (
                    "raise_to",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[(0, "Low"), (1, "Normal"), (2, "High"), (3, "Urgent")],
                        null=True,
                        verbose_name="raise the priority to",
                    ),
                ),
                ("tells_supervisors", models.BooleanField(default=True, verbose_name="tell the supervisors")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "escalate_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.team",
                    ),
                ),
                (
                    "hours",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.hours",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "SLA policies",
            },
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("first", "first answer"), ("next", "next answer"), ("resolution", "solution")],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_met", models.BooleanField()),
                ("took", models.FloatField()),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deadlines",
                        to="conversations.conversation",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.team",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.slapolicy",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="conversation",
            name="sla",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="conversations.slapolicy",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(condition=models.Q(("sla__isnull", False)), fields=["sla"], name="conversation_of_sla"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("sla_look_at__isnull", False)), fields=["sla_look_at"], name="conversation_sla_look"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(
                    ("is_spam", False),
                    ("merged_into", None),
                    ("status__in", ["open", "pending"]),
                    ("due_at__isnull", False),
                ),
                fields=["due_at", "id"],
                name="conversation_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="slapolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("warn_at__range", (1, 99))), name="sla_policy_warns_within"
            ),
        ),
        migrations.AddConstraint(
            model_name="slapolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_response__isnull", False),
                    ("next_response__isnull", False),
                    ("resolution__isnull", False),
                    _connector="OR",
                ),
                name="sla_policy_promises_something",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["-done_at", "-id"], name="deadline_newest"),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.UniqueConstraint(fields=("conversation", "kind", "since"), name="deadline_once"),
        ),
        migrations.AddConstraint(
            model_name="deadline",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["first", "next", "resolution"])), name="deadline_kind_known"
            ),
        ),
    ]
