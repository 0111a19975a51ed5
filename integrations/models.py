"""Connector: how a channel is wired to its provider; RawEvent: what it sent, byte for byte; what is to be fetched; how
well each connector does."""

from datetime import timedelta

from django.conf import settings as desk
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations import secrets
from integrations.bodies import BodyField, RawEventQuerySet
from integrations.brain_rows import BrainCall, BrainTalk

__all__ = [
    "Backfill", "BackfillState", "BrainCall", "BrainTalk", "Connector", "Export", "HealthSample", "Import", "ImportRow",
    "ImportState", "RawEvent", "RawEventState", "Reread", "Trial",
]  # fmt: skip


class Connector(models.Model):
    name = models.CharField(_("name"), max_length=80)
    adapter = models.CharField(_("adapter"), max_length=40)  # a key of integrations.adapters.ADAPTERS
    channel = models.OneToOneField(
        "conversations.Channel", models.CASCADE, null=True, blank=True, related_name="connector"
    )
    # Of one that thinks for a bot: whose brain it is.
    bot = models.OneToOneField("conversations.Bot", models.SET_NULL, null=True, blank=True, related_name="connector")
    settings = models.JSONField(default=dict, blank=True)  # as the adapter's schema says; checked by its form
    sealed = models.BinaryField(default=bytes, blank=True)  # the secrets, encrypted; read and written below
    cursor = models.JSONField(default=dict, blank=True)  # how far fetching has come
    is_active = models.BooleanField(_("active"), default=True)
    last_in_at = models.DateTimeField(null=True, blank=True)
    last_out_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)  # in the admin's words; "" when well
    paused_at = models.DateTimeField(null=True, blank=True)  # by an admin: what comes is kept, what goes waits
    broken_at = models.DateTimeField(null=True, blank=True)  # its credential is refused: nothing is tried until mended
    expires_at = models.DateTimeField(null=True, blank=True)  # of its credential, where the provider says so
    rests_until = models.DateTimeField(null=True, blank=True)  # its provider is away: nothing is tried before
    failures = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # in a row, of the provider and not of a message
    paused_by = models.ForeignKey(desk.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    is_draft = models.BooleanField(default=False)  # being set up: what comes is kept, and waits for the last step
    told_at = models.DateTimeField(null=True, blank=True)  # when the admins were written that it is broken
    warned_at = models.DateTimeField(null=True, blank=True)  # … that its credential is about to expire
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], name="connector_in_trouble", condition=models.Q(broken_at__isnull=False, is_active=True)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def waits(self) -> bool:
        """What comes is kept and not worked off."""
        return self.is_draft or self.paused_at is not None

    @property
    def secrets(self) -> dict[str, str]:
        return secrets.unseal(bytes(self.sealed))

    @secrets.setter
    def secrets(self, values: dict[str, str]) -> None:
        self.sealed = secrets.seal(values)


class RawEventState(models.TextChoices):
    KEPT = "kept", _("waiting")
    DONE = "done", _("processed")
    IGNORED = "ignored", _("nothing to do")
    ASIDE = "aside", _("set aside")


class RawEvent(models.Model):
    State = RawEventState

    connector = models.ForeignKey(Connector, models.CASCADE, related_name="raw_events")
    external_id = models.CharField(max_length=400)
    kind = models.CharField(max_length=40, blank=True)
    body = BodyField()
    headers = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=RawEventState.choices, default=RawEventState.KEPT)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    message = models.ForeignKey(
        "conversations.Message", models.SET_NULL, null=True, blank=True, related_name="raw_events"
    )
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = RawEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "external_id"], name="raw_event_once")]
        indexes = [
            models.Index(fields=["connector", "id"], name="raw_event_waiting", condition=models.Q(state="kept")),
            models.Index(fields=["connector", "id"], name="raw_event_aside", condition=models.Q(state="aside")),
            models.Index(fields=["connector", "-id"], name="raw_event_of_connector"),
        ]

    def __str__(self) -> str:
        return f"{self.connector_id}:{self.external_id}"


class BackfillState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")


class Backfill(models.Model):
    """One reading of a shop's or a mailbox's past, page by page: whoever stops in between goes on where it stopped."""

    State = BackfillState

    connector = models.ForeignKey(Connector, models.CASCADE, related_name="backfills")
    since = models.DateTimeField(null=True, blank=True)  # nothing older is asked for
    until = models.DateTimeField(null=True, blank=True)  # nothing newer, where the adapter can leave it out
    cursor = models.JSONField(default=dict, blank=True)  # in the adapter's own words: where to go on
    done = models.PositiveIntegerField(default=0)  # things read
    total = models.PositiveIntegerField(default=0)  # things there were when it began; 0: the shop does not say
    state = models.CharField(max_length=8, choices=BackfillState.choices, default=BackfillState.WAITING)
    error = models.TextField(blank=True)  # in the admin's words: why it waits, or stopped
    tries = models.PositiveSmallIntegerField(default=0)  # in a row that failed
    due_at = models.DateTimeField(db_default=Now())  # when to go on; while it runs, when to take it for dead
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connector"], name="backfill_one_at_a_time", condition=models.Q(finished_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.connector_id}: {self.percent} %"

    @property
    def percent(self) -> int:
        """Never a hundred before it is done: more may have come since it was counted."""
        if self.state == BackfillState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


class Reread(models.Model):
    """One thing in a shop that is to be read whole, because a webhook told of a part of it. Gone when it was read."""

    connector = models.ForeignKey(Connector, models.CASCADE, related_name="rereads")
    kind = models.CharField(max_length=40)  # the adapter's word for what `external_id` names
    external_id = models.CharField(max_length=200)
    asked_at = models.DateTimeField()  # by the newest webhook that spoke of it
    due_at = models.DateTimeField(null=True, blank=True)  # None: given up, until it is asked for again
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "kind", "external_id"], name="reread_once")]
        indexes = [models.Index(fields=["due_at"], name="reread_due", condition=~models.Q(due_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


class HealthSample(models.Model):
    """What one connector did in one hour; written anew while the hour lasts, and once more after it."""

    connector = models.ForeignKey(Connector, models.CASCADE, related_name="health")
    hour = models.DateTimeField()
    came = models.PositiveIntegerField(default=0)  # events of the provider's
    processed = models.PositiveIntegerField(default=0)  # of these
    aside = models.PositiveIntegerField(default=0)  # of these
    went = models.PositiveIntegerField(default=0)  # tries to send
    failed = models.PositiveIntegerField(default=0)  # of these, for whatever reason
    lag = models.FloatField(default=0.0)  # seconds from keeping to having processed, the 95th of a hundred

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "hour"], name="health_sample_once")]

    def __str__(self) -> str:
        return f"{self.connector_id} at {self.hour:%Y-%m-%d %H}"


class Trial(models.Model):
    """One test of a connection, or one comparison with the provider: each step appears when it was tried."""

    class What(models.TextChoices):
        CHECK = "check", _("Test connection")
        RECONCILE = "reconcile", _("Compare with the provider")

    connector = models.ForeignKey(Connector, models.CASCADE, related_name="trials")
    what = models.CharField(max_length=10, choices=What.choices, default=What.CHECK)
    since = models.DateTimeField(null=True, blank=True)  # the period that is compared
    until = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=12, blank=True)  # of who asked for it
    steps = models.JSONField(default=list, blank=True)  # [{"text", "is_well", "seconds", "fix"}]
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.what} of {self.connector_id}"

    @property
    def seconds(self) -> float:
        return (self.ended_at - self.asked_at).total_seconds() if self.ended_at else 0.0

    @property
    def is_waited_for(self) -> bool:
        """Under way; one that nobody took up for so long was lost, with the worker or the broker."""
        return self.ended_at is None and timezone.now() - self.asked_at < timedelta(minutes=5)

    @property
    def is_well(self) -> bool:
        return self.ended_at is not None and all(step["is_well"] for step in self.steps)


class ImportState(models.TextChoices):
    DRAFT = "draft", _("being set up")
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class Import(models.Model):
    """One file of customers, agents or old conversations: looked at first, then brought in item by item, and undone
    where that is asked for. Whoever stops in between goes on where it stopped."""

    State = ImportState

    class What(models.TextChoices):
        CUSTOMERS = "customers", _("Customers")
        AGENTS = "agents", _("Agents")
        CONVERSATIONS = "conversations", _("Old conversations")

    what = models.CharField(_("what is in it"), max_length=14, choices=What.choices)
    form = models.CharField(max_length=8)  # "csv", "mbox" or "desk": as integrations.imports.files knows it
    name = models.CharField(_("file"), max_length=200)
    file = models.FileField(upload_to="imports/", blank=True)  # gone when it was brought in
    size = models.PositiveBigIntegerField(default=0)  # bytes
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    columns = models.JSONField(default=list, blank=True)  # of a table: the names in its first line
    mapping = models.JSONField(default=dict, blank=True)  # {number of the column: a field's name}
    options = models.JSONField(default=dict, blank=True)  # as integrations.imports.choices.Choices
    state = models.CharField(max_length=8, choices=ImportState.choices, default=ImportState.DRAFT)
    total = models.PositiveIntegerField(default=0)  # items in the file
    done = models.PositiveIntegerField(default=0)  # of these, whatever became of them; where to go on
    made = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)  # were here already, and got nothing new
    aside = models.PositiveIntegerField(default=0)
    stayed = models.PositiveIntegerField(default=0)  # undone but for these, which somebody has used since
    error = models.TextField(blank=True)  # in the admin's words: why it stopped
    language = models.CharField(max_length=12, blank=True)  # of who asked for it
    by = models.ForeignKey(desk.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(db_default=Now())  # while it runs, when to take its worker for dead
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        indexes = [
            models.Index(
                fields=["due_at"], name="import_due", condition=models.Q(state__in=["waiting", "running", "undoing"])
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """What stands as the source of every handle that it brought."""
        return f"import:{self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (ImportState.WAITING, ImportState.RUNNING, ImportState.UNDOING)

    @property
    def percent(self) -> int:
        """Of an undoing, how much is gone."""
        if not self.total:
            return 0
        if self.state == ImportState.UNDOING:
            left = self.rows.filter(state=ImportRow.State.MADE).count()
            return min(99, 100 - left * 100 // max(self.made, 1))
        share = min(self.done, self.total) * 100 // self.total
        return min(99, share) if self.is_under_way else share


class ImportRow(models.Model):
    """What became of one item of an import: what it made, or why it was set aside. Items that were known have none."""

    class State(models.TextChoices):
        MADE = "made", _("brought in")
        ASIDE = "aside", _("set aside")
        GONE = "gone", _("undone")
        STAYED = "stayed", _("stayed")

    of = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # of its line in a table, or its place in the file
    state = models.CharField(max_length=6, choices=State.choices)
    why = models.TextField(blank=True)  # set aside, or stayed: in the admin's words
    made = models.JSONField(default=dict, blank=True)  # keys of rows, and what stood in fields before
    said = models.JSONField(default=list, blank=True)  # of one set aside: its cells, to be mended and brought in again

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["of", "state", "number"], name="import_row_state")]

    def __str__(self) -> str:
        return f"{self.of_id}:{self.number}"


class Export(models.Model):
    """One archive of everything: written by a worker, fetched by an admin, and gone after a while."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("being written")
        DONE = "done", _("ready")
        GONE = "gone", _("deleted")
        STOPPED = "stopped", _("stopped")

    with_files = models.BooleanField(_("with attachments"), default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    file = models.FileField(upload_to="exports/", blank=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    cursor = models.JSONField(default=dict, blank=True)  # the part that is being written, and after which row
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    by = models.ForeignKey(desk.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("export")

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def can_be_fetched(self) -> bool:
        return self.state == "done" and bool(self.file) and (self.expires_at or timezone.now()) > timezone.now()

    @property
    def percent(self) -> int:
        if self.state == "done":
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0
