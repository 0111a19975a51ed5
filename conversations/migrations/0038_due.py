"""Customers whose facts are to be derived anew, and the triggers that say who."""

from django.db import migrations, models
from django.db.models.functions import Now

# Each says which rows of `table` mean whom. Orders and returns belong to a customer through an identity.
MARK = """
create function conversations_mark_due(whom bigint) returns void language sql as $$
    insert into conversations_due (kind, customer)
    select kind, whom from unnest(array['sales', 'journeys']) as kind where whom is not null
$$;

create function conversations_due_of_identity() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        perform conversations_mark_due((select customer_id from customers_identity where id = old.identity_id));
    end if;
    if tg_op = 'INSERT' or tg_op = 'UPDATE' and new.identity_id <> old.identity_id then
        perform conversations_mark_due((select customer_id from customers_identity where id = new.identity_id));
    end if;
    return null;
end $$;

create function conversations_due_of_owner() returns trigger language plpgsql as $$
begin
    perform conversations_mark_due(old.customer_id);
    perform conversations_mark_due(new.customer_id);
    return null;
end $$;

create function conversations_due_of_episode() returns trigger language plpgsql as $$
begin
    perform conversations_mark_due((
        select customer_id from conversations_conversation where id = coalesce(new.conversation_id, old.conversation_id)
    ));
    return null;
end $$;

create function conversations_due_of_customer() returns trigger language plpgsql as $$
begin
    perform conversations_mark_due(new.id);
    return null;
end $$;

create function conversations_due_of_profile() returns trigger language plpgsql as $$
begin
    insert into conversations_due (kind, customer) select kind, new.customer_id
    from unnest(array['sales', 'journeys']) as kind
    where kind = 'sales' and new.orders > 0 or kind = 'journeys' and new.media <> '{}';
    return null;
end $$;

create trigger due_of_order after insert or update or delete on customers_order
    for each row execute function conversations_due_of_identity();
create trigger due_of_return after insert or update or delete on customers_return
    for each row execute function conversations_due_of_identity();
create trigger due_of_identity after update of customer_id on customers_identity
    for each row when (old.customer_id is distinct from new.customer_id)
    execute function conversations_due_of_owner();
create trigger due_of_conversation after update of customer_id on conversations_conversation
    for each row when (old.customer_id is distinct from new.customer_id)
    execute function conversations_due_of_owner();
create trigger due_of_new_episode after insert or delete on conversations_episode
    for each row execute function conversations_due_of_episode();
create trigger due_of_episode after update on conversations_episode
    for each row when (
        (old.began_at, old.ended_at, old.outcome, old.is_inbound, old.medium,
         old.last_medium, old.topic_id, old.repeats)
        is distinct from
        (new.began_at, new.ended_at, new.outcome, new.is_inbound, new.medium,
         new.last_medium, new.topic_id, new.repeats)
    )
    execute function conversations_due_of_episode();
create trigger due_of_customer after update of erased_at on customers_customer
    for each row when (old.erased_at is distinct from new.erased_at)
    execute function conversations_due_of_customer();
create trigger due_of_profile after update of stale_at on customers_profile
    for each row when (new.stale_at is not null and old.stale_at is distinct from new.stale_at)
    execute function conversations_due_of_profile();
"""

UNMARK = """
drop trigger due_of_order on customers_order;
drop trigger due_of_return on customers_return;
drop trigger due_of_identity on customers_identity;
drop trigger due_of_conversation on conversations_conversation;
drop trigger due_of_new_episode on conversations_episode;
drop trigger due_of_episode on conversations_episode;
drop trigger due_of_customer on customers_customer;
drop trigger due_of_profile on customers_profile;
drop function conversations_due_of_identity, conversations_due_of_owner, conversations_due_of_episode,
    conversations_due_of_customer, conversations_due_of_profile, conversations_mark_due;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0037_facts_and_tallies"),
        ("customers", "0014_surveys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Due",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("customer", models.BigIntegerField()),
                ("at", models.DateTimeField(db_default=Now())),
                ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ],
            options={
                "verbose_name_plural": "due",
                "indexes": [
                    models.Index(fields=["kind", "at", "customer"], name="due_next"),
                    models.Index(fields=["kind", "customer"], name="due_of_customer"),
                ],
            },
        ),
        migrations.RunSQL(MARK, UNMARK),
    ]
