"""How the demo's desk routes: who reads which language and can what, the rules that hold, and a draft to try on."""

from dataclasses import replace

from conversations.bots.languages import AMONG
from conversations.bots.words import LANGUAGES as SPOKEN
from conversations.models import AgentSkill, RoutingPolicy, Skill, Team, Topic
from conversations.routing import drafting
from conversations.routing.facts import Outcome, Overflow, Policy, Rule
from customers.models import Segment
from deskapp.demo.asked import TOPICS
from deskapp.models import User

# By the first part of their address: what they read, and their skills from 1 to 5.
READS: dict[str, list[str]] = {
    "ada": ["en", "no", "es"], "noor": ["en", "ar", "no"], "tove": ["no", "sv", "da", "en"], "matthias": ["de", "en"],
    "ines": ["fr", "en", "it"], "piotr": ["pl", "en", "uk"], "dafydd": ["en", "cy"], "rosa": ["es", "pt", "en"],
}  # fmt: skip
CAN: dict[str, dict[str, int]] = {
    "ada": {"Exchanges": 5, "Hard talks": 3},
    "noor": {"Exchanges": 4, "Hard talks": 5},
    "tove": {"Exchanges": 3},
    "matthias": {"Invoices": 5},
    "ines": {"Invoices": 3, "Exchanges": 2},
    "piotr": {"Waterproofs": 5},
    "dafydd": {"Waterproofs": 3, "Hard talks": 2},
    "rosa": {"Invoices": 2, "Waterproofs": 2},
}
UNSURE_BELOW = 0.26  # it was taught with a few sentences of each topic: a share of ten is much
NAME, WITH_FERN, DRAFT = "Rules of November", "Fern answers first", "Same agent first"
BY_FERN = ("chat", "telegram")


def build(domain: str) -> None:
    """Once: rules that somebody changed since, and skills that somebody took away, stay as they are."""
    if RoutingPolicy.objects.exists():
        return
    skills = _skills(domain)
    grace = User.objects.get(email=f"grace@{domain}")
    teams = {team.name: team.pk for team in Team.objects.all()}
    holds = drafting.draft(_rules(teams, skills), by=grace, name=NAME)
    before = drafting.publish(holds.pk, by=grace)
    holds = drafting.draft(
        _with_fern(drafting.policy_of(before), teams, skills), by=grace, name=WITH_FERN, based_on=before
    )
    holds = drafting.publish(holds.pk, by=grace)
    drafting.draft(_same_agent_first(drafting.policy_of(holds)), by=grace, name=DRAFT, based_on=holds)


def _skills(domain: str) -> dict[str, int]:
    names = {name for able in CAN.values() for name in able}
    skills = {name: Skill.objects.get_or_create(name=name)[0].pk for name in sorted(names)}
    for local, able in CAN.items():
        agent = User.objects.get(email=f"{local}@{domain}")
        User.objects.filter(pk=agent.pk, languages=[]).update(languages=READS[local])
        for name, level in able.items():
            AgentSkill.objects.get_or_create(agent=agent, skill_id=skills[name], defaults={"level": level})
    return skills


def _rules(teams: dict[str, int], skills: dict[str, int]) -> Policy:
    orders, returns = teams["Orders"], teams["Returns"]
    return Policy(
        rules=(*_by_words(teams, skills), *_by_topics(teams, skills), *_by_customers(teams)),
        otherwise=Outcome(team=orders, overflow=(Overflow(30, returns),)),
        unsure_below=UNSURE_BELOW,
    )


def _by_words(teams: dict[str, int], skills: dict[str, int]) -> tuple[Rule, ...]:
    returns, orders, repairs = teams["Returns"], teams["Orders"], teams["Repairs"]
    return (
        _rule(
            "angry-money", "Angry, and about money",
            [_is("mood", "below", -0.4), _is("words", "has", ["refund*", "money back", "charged", "bank"])],
            Outcome(
                team=returns, preferred={skills["Hard talks"]: 3}, priority=2, overflow=(Overflow(10, orders),)
            ),
        ),
        _rule(
            "under-way", "A return under way", [_is("order", "is", ["return"])],
            Outcome(
                team=returns, preferred={skills["Exchanges"]: 3}, wait_for_known=3, overflow=(Overflow(15, orders),)
            ),
        ),
        _rule(
            "back", "Exchanges and returns",
            [_is("words", "has", ["exchange*", "size", "too small", "too big", "send back"])],
            Outcome(team=returns, preferred={skills["Exchanges"]: 2}, overflow=(Overflow(20, orders),)),
        ),
        _rule(
            "mend", "To be mended", [_is("words", "has", ["zip", "seam*", "torn", "leak*", "mend*"])],
            Outcome(team=repairs, preferred={skills["Waterproofs"]: 3}, overflow=(Overflow(30, returns),)),
        ),
        _rule(
            "invoice", "Invoices", [_is("words", "has", ["invoice*", "vat", "receipt", "rechnung*", "facture*"])],
            Outcome(team=orders, required={skills["Invoices"]: 2}),
        ),
    )  # fmt: skip


def _by_topics(teams: dict[str, int], skills: dict[str, int]) -> tuple[Rule, ...]:
    returns, orders, repairs = teams["Returns"], teams["Orders"], teams["Repairs"]
    return (
        _rule(
            "fault", "It broke, or leaks", [_about("fault")],
            Outcome(team=repairs, preferred={skills["Waterproofs"]: 3}, overflow=(Overflow(30, returns),)),
        ),
        _rule(
            "goes-back", "What goes back, and the money for it", [_about("return", "size", "refund")],
            Outcome(team=returns, preferred={skills["Exchanges"]: 2}, overflow=(Overflow(20, orders),)),
        ),
        _rule(
            "where", "Where it is, and what it cost",
            [_about("late", "address", "delivery", "stock", "invoice", "twice")],
            Outcome(team=orders, overflow=(Overflow(20, returns),)),
        ),
    )  # fmt: skip


def _by_customers(teams: dict[str, int]) -> tuple[Rule, ...]:
    returns, orders, repairs = teams["Returns"], teams["Orders"], teams["Repairs"]
    gold = str(Segment.objects.get(name="Gold").pk)
    return (
        _rule(
            "gold", "Gold customers", [_is("segment", "is", [gold])],
            Outcome(team=orders, priority=2, overflow=(Overflow(5, returns),)),
        ),
        _rule(
            "few-read", "In a language that few of us read", [_is("language", "is_not", ["en"])],
            Outcome(
                team=orders, language="required", overflow=(Overflow(5, returns), Overflow(10, repairs))
            ),
        ),
        _rule(
            "in-public", "Before everybody’s eyes", [_is("public", "yes")],
            Outcome(team=orders, priority=2, overflow=(Overflow(5, returns),)),
        ),
    )  # fmt: skip


def _with_fern(policy: Policy, teams: dict[str, int], skills: dict[str, int]) -> Policy:
    """Simple matters, and what is not known yet: behind what is angry, and what is under way already."""
    simple = [
        _is("medium", "is", list(BY_FERN)), _is("public", "no"), _is("complexity", "below", 2),
        _is("tier", "is_not", ["Gold"]), _is("language", "is_not", [code for code in AMONG if code not in SPOKEN]),
    ]  # fmt: skip
    returns, orders = teams["Returns"], teams["Orders"]
    back = Outcome(to="bot", team=returns, preferred={skills["Exchanges"]: 2}, overflow=(Overflow(20, orders),))
    rest = Outcome(to="bot", team=orders, overflow=(Overflow(20, returns),))
    fern = (
        _rule("fern-back", "What goes back, to Fern first", [*simple, _about("return", "size")], back),
        _rule("fern", "Simple matters, to Fern first", simple, rest),
    )
    return replace(policy, rules=(*policy.rules[:2], *fern, *policy.rules[2:]))


def _same_agent_first(policy: Policy) -> Policy:
    """Waits for the agent whom they know, and has gold customers skip the wait where nobody knows them."""
    rules = [_waiting(rule) for rule in policy.rules]
    gold = next(rule for rule in rules if rule.key == "gold")
    return replace(policy, rules=(gold, *(rule for rule in rules if rule.key != "gold")))


def _waiting(rule: Rule) -> Rule:
    return replace(rule, outcome=replace(rule.outcome, wait_for_known=3.0, known_within=7.0))


def _rule(key: str, name: str, asked: list[dict[str, object]], outcome: Outcome) -> Rule:
    return Rule(key, name, {"match": "all", "rules": asked}, outcome)


def _about(*keys: str) -> dict[str, object]:
    """What somebody renamed, or took away, is not asked for."""
    named = [TOPICS[key][0] for key in keys]
    return _is("topic", "is", sorted(Topic.objects.filter(name__in=named).values_list("name", flat=True)))


def _is(field: str, how: str, value: object = None) -> dict[str, object]:
    return {"field": field, "is": how} | ({} if value is None else {"value": value})
