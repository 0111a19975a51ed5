"""Whether an answer came within what was promised is kept with it, so that it adds up with the rest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0041_outreach")]

    operations = [
        migrations.AddField("episode", "is_first_in_time", models.BooleanField(blank=True, null=True)),
        migrations.AddField("reply", "is_in_time", models.BooleanField(blank=True, null=True)),
    ]
