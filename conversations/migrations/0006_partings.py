import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models
from django.db.models.deletion import CASCADE, SET_NULL


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0005_moments"),
        ("customers", "0007_whence_identities_came"),
    ]

    operations = [
        migrations.CreateModel(
            name="Parting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "messages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "conversation",
                    models.ForeignKey(on_delete=CASCADE, related_name="partings", to="conversations.conversation"),
                ),
                (
                    "into",
                    models.ForeignKey(on_delete=CASCADE, related_name="parted_from", to="conversations.conversation"),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=SET_NULL, related_name="+", to="customers.mergeentry"
                    ),
                ),
            ],
        ),
    ]
