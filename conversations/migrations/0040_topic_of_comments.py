"""What somebody wrote in a survey has a topic of its own, beside the conversation's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0039_alert_of_low_scores")]

    operations = [
        migrations.AddField(
            model_name="surveyresponse",
            name="about",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="conversations.topic",
            ),
        ),
    ]
