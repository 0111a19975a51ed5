"""ReportSchedule: a report that goes out by mail again and again; ReportSending: one time that it was due."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Often(models.TextChoices):
    DAILY = "daily", _("every day")
    WEEKDAYS = "weekdays", _("from Monday to Friday")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")


class Form(models.TextChoices):
    PDF = "pdf", _("PDF")
    XLSX = "xlsx", _("workbook (XLSX)")
    CSV = "csv", _("table (CSV)")


class Pause(models.TextChoices):
    """Why nothing goes out."""

    NOT = "", _("it goes out")
    BY_HAND = "by_hand", _("somebody paused it")
    LEFT = "left", _("whose it is has left the desk")
    RIGHTS = "rights", _("whose it is may not see the report any more")
    LINK = "link", _("what it asks means nothing any more")
    NOBODY = "nobody", _("nobody is left to whom it goes")


class ReportSchedule(models.Model):
    """It goes out with the rights that its owner has at that moment. `addresses` are those outside the desk, which an
    admin allowed; `on` is the day of the week (0 is Monday) or of the month."""

    Often, Form, Pause = Often, Form, Pause

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_schedules")
    report = models.CharField(max_length=40)  # Report.key
    query = models.CharField(max_length=2000, blank=True)  # of its link
    often = models.CharField(_("how often"), max_length=8, choices=Often.choices, default=Often.WEEKLY)
    on = models.PositiveSmallIntegerField(_("on"), default=0)
    hour = models.PositiveSmallIntegerField(_("at"), default=8)
    zone = models.CharField(_("time zone"), max_length=64)
    forms = ArrayField(models.CharField(max_length=4, choices=Form.choices), verbose_name=_("as"))
    agents = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("to"))
    addresses = ArrayField(models.EmailField(), default=list, blank=True, verbose_name=_("and to"))
    paused = models.CharField(max_length=8, choices=Pause.choices, blank=True)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(often__in=Often.values), name="report_schedule_often_known"),
            models.CheckConstraint(condition=models.Q(paused__in=Pause.values), name="report_schedule_pause_known"),
            models.CheckConstraint(condition=models.Q(hour__lt=24), name="report_schedule_hour"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="report_schedule_due", condition=models.Q(paused="")),
            models.Index(fields=["report"], name="report_schedule_of"),
        ]

    def __str__(self) -> str:
        return f"{self.report}, {self.get_often_display()}"


class SendingState(models.TextChoices):
    QUEUED = "queued", _("to be sent")
    HANDED = "handed", _("perhaps sent: whoever sent it was interrupted")  # from the moment before it is handed over
    SENT = "sent", _("sent")
    FAILED = "failed", _("not sent")
    LEFT_OUT = "left_out", _("left out")


class ReportSending(models.Model):
    """Once for each time it was due. `handed` is said before the mail leaves us: whoever dies then leaves it so, and
    nobody sends it a second time by themselves."""

    State = SendingState

    schedule = models.ForeignKey(ReportSchedule, models.CASCADE, related_name="sendings")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=SendingState.choices, default=SendingState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    said_at = models.DateTimeField(default=timezone.now)  # when it came to this state
    error = models.CharField(max_length=400, blank=True)
    sent_to = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="report_sending_once"),
            models.CheckConstraint(condition=models.Q(state__in=SendingState.values), name="report_sending_known"),
        ]
        indexes = [
            models.Index(fields=["said_at"], name="report_sending_queued", condition=models.Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} of {self.due_at:%F %R}"
