from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deskapp", "0006_routing"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="media",
            field=models.JSONField(blank=True, default=list, verbose_name="media they answer by"),
        ),
    ]
