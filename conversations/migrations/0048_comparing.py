"""Reports may put agents in the order of their figures only where an admin says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0047_schedules_switches_rates")]

    operations = [
        migrations.CreateModel(
            name="Comparing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "is_on",
                    models.BooleanField(
                        default=False, verbose_name="Reports may put agents in the order of their figures"
                    ),
                ),
            ],
        ),
    ]
