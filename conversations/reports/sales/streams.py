"""What of sales is added up: sales, what led to them, goods bought again, and talks without an order."""

from conversations.reports.tallies.stream import Stream

BAR = " || '|' || "

SALES = Stream(
    name="sales",
    rows="""
        select placed_at as at, 0 as team, '' as medium, place, currency, ways, tier, asked, problem, problem_medium,
            coalesce(problem_topic_id::text, '') as topic,
            is_counted::int as sales,
            case when is_counted then amount else 0 end as amount,
            case when is_counted then refunded else 0 end as refunded,
            (is_counted and next_at <= placed_at + interval '90 days')::int as again,
            (is_counted and before = 0)::int as firsts,
            (is_counted and returned_to <> '')::int as back,
            (is_counted and returned_to in ('post', 'both'))::int as by_post,
            (is_counted and returned_to in ('shop', 'both'))::int as in_shop,
            case when is_counted then returned else 0 end as returned,
            (is_counted and asked <> '')::int as asked_before,
            1 as orders,
            (problem <> '')::int as talked,
            (is_counted and is_collected)::int as fetched,
            (is_counted and not is_collected and place <> 'shop')::int as sent,
            (is_counted and is_late)::int as late,
            is_resolved::int as resolved,
            net,
            (is_resolved and touches > 0)::int as touched,
            case when touches > 0 then net else 0 end as touched_net,
            ready_seconds as ready,
            collected_seconds as collected,
            case when is_counted then extract(epoch from next_at - placed_at)::bigint end as next
        from conversations_sale where placed_at >= %(since)s and placed_at < %(until)s
    """,
    numbers=(
        "sales", "amount", "refunded", "again", "firsts", "back", "by_post", "in_shop", "returned", "asked_before",
        "orders", "talked", "fetched", "sent", "late", "resolved", "net", "touched", "touched_net",
    ),
    cuts={
        "currency": "currency",
        "ways": f"ways{BAR}currency",
        "place": f"place{BAR}currency",
        "tier": f"tier{BAR}currency",
        "asked": f"asked{BAR}currency",
        "problem": f"problem{BAR}problem_medium",
        "topic": f"problem{BAR}topic",
    },
    spreads={"ready": (), "collected": (), "next": ("ways",)},
    tables=(("conversations_sale", "placed_at"),),
)  # fmt: skip

TOUCHES = Stream(
    name="touches",
    rows="""
        select placed_at as at, 0 as team, '' as medium, 1 as touches, is_once::int as sales,
            first, last, linear, position, decay, first_worth, last_worth, linear_worth, position_worth, decay_worth,
            kind || '|' || source || '|' || medium || '|' || campaign || '|' || currency as what
        from conversations_saletouch where placed_at >= %(since)s and placed_at < %(until)s
    """,
    numbers=(
        "touches", "sales", "first", "last", "linear", "position", "decay",
        "first_worth", "last_worth", "linear_worth", "position_worth", "decay_worth",
    ),
    cuts={"what": "what"},
    tables=(("conversations_saletouch", "placed_at"),),
)  # fmt: skip

AGAIN = Stream(
    name="again",
    rows="""
        select placed_at as at, 0 as team, '' as medium, 1 as again, seconds,
            case when is_kind then 'kind|' else 'product|' end || name as goods
        from conversations_boughtagain where placed_at >= %(since)s and placed_at < %(until)s
    """,
    numbers=("again",),
    cuts={"goods": "goods"},
    spreads={"seconds": ("goods",)},
    tables=(("conversations_boughtagain", "placed_at"),),
)

ADVICE = Stream(
    name="advice",
    rows="""
        select at, 0 as team, medium, 1 as talks,
            coalesce(seconds <= 1209600, false)::int as in14, (seconds is not null)::int as in30,
            is_known::int as known, coalesce(seconds_earlier <= 1209600, false)::int as earlier14,
            (seconds_earlier is not null)::int as earlier30
        from conversations_advice where at >= %(since)s and at < %(until)s
    """,
    numbers=("talks", "in14", "in30", "known", "earlier14", "earlier30"),
    tables=(("conversations_advice", "at"),),
)

EVERY: tuple[Stream, ...] = (SALES, TOUCHES, AGAIN, ADVICE)
