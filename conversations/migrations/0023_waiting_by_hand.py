from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0022_deadlines")]

    operations = [
        migrations.AddField("waiting", "is_by_hand", models.BooleanField(default=False)),
        migrations.AddField("waiting", "is_pulled", models.BooleanField(default=False)),
        migrations.AddIndex("agentstate", models.Index(fields=["until"], name="agent_state_lately")),
    ]
