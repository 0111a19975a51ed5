from django.db import migrations, models

EVENTS = [
    ("arrived", "a conversation begins"),
    ("wrote", "the customer writes again"),
    ("answered", "somebody answers the customer"),
    ("routed", "routing has decided"),
    ("assigned", "it is assigned"),
    ("tagged", "a tag is added"),
    ("prioritised", "the priority changes"),
    ("topic", "somebody sets the topic"),
    ("snoozed", "it is snoozed"),
    ("woke", "it wakes up"),
    ("resolved", "it is solved"),
    ("reopened", "it is opened again"),
    ("late", "a deadline passes"),
    ("rated", "the customer says how it was"),
    ("waiting", "the customer has waited for"),
    ("quiet", "nothing was said, after our answer, for"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0033_help_for_agents"),
    ]

    operations = [
        migrations.AddField("conversation", "rating", models.FloatField(blank=True, null=True)),
        migrations.RemoveConstraint("rule", "rule_event_known"),
        migrations.AlterField("rule", "event", models.CharField(choices=EVENTS, max_length=12, verbose_name="when")),
        migrations.AlterField("ruleevent", "event", models.CharField(choices=EVENTS, max_length=12)),
        migrations.AlterField("rulerun", "event", models.CharField(choices=EVENTS, max_length=12)),
        migrations.AddConstraint(
            "rule",
            models.CheckConstraint(
                condition=models.Q(("event__in", [value for value, _label in EVENTS])), name="rule_event_known"
            ),
        ),
    ]
