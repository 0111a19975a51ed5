"""Who gave few points calls on the live board, until somebody has looked at it."""

from django.db import migrations, models

KINDS = [
    ("late", "Somebody is late by so many minutes"),
    ("full", "A team is busy by so many per cent while somebody waits"),
    ("nobody", "Nobody of an open team is here, and so many wait"),
    ("waiting", "So many wait for one team"),
    ("oldest", "Somebody has waited for so many minutes"),
    ("rush", "A half hour brought so many per cent of what is usual"),
    ("service", "Fewer than so many per cent of today’s answers were in time"),
    ("left", "So many chats and calls were given up today"),
    ("rated", "Somebody gave so few points, and nobody has looked at it"),
]


class Migration(migrations.Migration):
    dependencies = [("conversations", "0038_due")]

    operations = [
        migrations.RemoveConstraint(model_name="alertlimit", name="alert_limit_kind_known"),
        migrations.AlterField(
            model_name="alertlimit",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=10, unique=True, verbose_name="what"),
        ),
        migrations.AddConstraint(
            model_name="alertlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _label in KINDS])), name="alert_limit_kind_known"
            ),
        ),
    ]
