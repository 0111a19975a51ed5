"""The rows of WHAT is said, and who answers."""

from conversations.models.activity import Activity, ConversationMerge
from conversations.models.article import Article, ArticleText, ArticleVerdict
from conversations.models.audit import AuditEntry
from conversations.models.board import AlertKind, AlertLimit, Loan
from conversations.models.bot import Bot, BotMistake, BotTalk, BotTurn
from conversations.models.branding import Branding
from conversations.models.call_back import CallBack
from conversations.models.canned import CannedReply
from conversations.models.channel import BlockedSender, Channel, Medium
from conversations.models.comparing import Comparing
from conversations.models.conversation import NOT_WAITING, Conversation, Participant, Priority, Status
from conversations.models.deed import BotDeed, ProofCode
from conversations.models.delivery import Delivery, DeliveryAttempt
from conversations.models.draft import Draft
from conversations.models.dry_run import DryRun, DryRunHit
from conversations.models.due import Due
from conversations.models.early_change import EarlyChange
from conversations.models.fact import Episode, Reply, Work
from conversations.models.handoff import Handoff
from conversations.models.help import Hint, Likeness, Translation
from conversations.models.hours import Closure, Hours
from conversations.models.journey import Friction, Journey, Move, Usual
from conversations.models.lease import Lease
from conversations.models.macro import Macro
from conversations.models.message import Attachment, Message, MessageEdit, Reaction
from conversations.models.moment import Moment
from conversations.models.order_act import OrderAct
from conversations.models.outreach import Occasion, OccasionMark, OutreachRecord, OutreachRule, UsualDays
from conversations.models.parting import Parting
from conversations.models.personal import Follow, Mention, PushSubscription, ReadMark
from conversations.models.repeat import RepeatedQuestion
from conversations.models.replay import Replay, ReplayChange, ReplayChunk
from conversations.models.report_schedule import ReportSchedule, ReportSending
from conversations.models.required_field import FieldValue, RequiredField
from conversations.models.routing import (
    AgentState,
    Roster,
    RoutingDecision,
    RoutingPolicy,
    Topic,
    TopicExample,
    TopicLesson,
    TopicModel,
    TopicVerdict,
    Waiting,
)
from conversations.models.rule import Rule, RuleEvent, RuleRun, RuleTally
from conversations.models.sale import Advice, BoughtAgain, Sale, SaleTouch
from conversations.models.skill import AgentSkill, Skill
from conversations.models.sla import Deadline, Recount, SlaPolicy
from conversations.models.survey import (
    ResponseCredit,
    Survey,
    SurveyAsk,
    SurveyResponse,
    SurveyVersion,
)
from conversations.models.switch import ChannelRate, Switch
from conversations.models.tag import Tag
from conversations.models.tally import StaleHour, Tally, TallyMark
from conversations.models.team import Team
from conversations.models.template import MessageTemplate
from conversations.models.view import SavedView
from conversations.models.webhook import Webhook, WebhookCall

__all__ = [
    "ChannelRate",
    "ReportSchedule",
    "ReportSending",
    "Switch",
    "Advice",
    "BoughtAgain",
    "Sale",
    "SaleTouch",
    "Due",
    "Episode",
    "Friction",
    "Journey",
    "Move",
    "Usual",
    "Reply",
    "Work",
    "StaleHour",
    "Tally",
    "TallyMark",
    "Article",
    "ArticleText",
    "ArticleVerdict",
    "Bot",
    "BotDeed",
    "BotMistake",
    "BotTalk",
    "BotTurn",
    "Handoff",
    "Hint",
    "Likeness",
    "Translation",
    "ProofCode",
    "ResponseCredit",
    "Survey",
    "SurveyAsk",
    "SurveyResponse",
    "SurveyVersion",
    "AlertKind",
    "AlertLimit",
    "Loan",
    "AgentState",
    "Roster",
    "RoutingDecision",
    "Replay",
    "ReplayChange",
    "ReplayChunk",
    "RoutingPolicy",
    "Topic",
    "TopicExample",
    "TopicLesson",
    "TopicModel",
    "TopicVerdict",
    "Waiting",
    "AgentSkill",
    "Branding",
    "Deadline",
    "Recount",
    "SlaPolicy",
    "NOT_WAITING",
    "Activity",
    "Attachment",
    "AuditEntry",
    "BlockedSender",
    "CallBack",
    "CannedReply",
    "Channel",
    "Closure",
    "Comparing",
    "Conversation",
    "ConversationMerge",
    "Delivery",
    "DeliveryAttempt",
    "Draft",
    "DryRun",
    "DryRunHit",
    "EarlyChange",
    "FieldValue",
    "Follow",
    "Hours",
    "Lease",
    "Macro",
    "Medium",
    "Mention",
    "Message",
    "MessageEdit",
    "MessageTemplate",
    "Moment",
    "OrderAct",
    "Occasion",
    "OccasionMark",
    "OutreachRecord",
    "OutreachRule",
    "UsualDays",
    "Participant",
    "Parting",
    "Priority",
    "PushSubscription",
    "Reaction",
    "ReadMark",
    "RepeatedQuestion",
    "RequiredField",
    "Rule",
    "RuleEvent",
    "RuleRun",
    "RuleTally",
    "SavedView",
    "Skill",
    "Status",
    "Tag",
    "Team",
    "Webhook",
    "WebhookCall",
]
