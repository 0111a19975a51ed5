"""A brain answers the lines that it was told of, and no later ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0035_proof_codes_for_speakers")]

    operations = [
        migrations.AddField("botturn", "read_until", models.PositiveBigIntegerField(default=0)),
    ]
