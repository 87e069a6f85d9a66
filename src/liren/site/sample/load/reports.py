"""The reporting forms of the sample street, with what the clerk entered for the months that are over."""

from datetime import datetime, timedelta

from liren.bridges.reporting import actions, queries
from liren.kernel.clock import office_day
from liren.kernel.policy import Actor
from liren.site.sample.dice import dice
from liren.site.sample.load.registers import Ground
from liren.site.sample.world import Street, read

CLERK = "dingxiaohe"
LOOK_BACK = timedelta(days=90)  # forms are asked for since then, however long the street has lived
LATE, EMPTY = "探访关爱（人次）", 0.3  # what some communities have not told for the last month


def write(street: Street, ground: Ground, *, opened: datetime, now: datetime) -> None:
    """Write the forms down as of the last three months, enter what is asked by hand, hand in what is complete."""
    by = Actor(id=ground.accounts[CLERK], kind="system")
    first = max(
        queries.containing(queries.containing(office_day(opened), "month").after, "month"),
        queries.containing(office_day(now) - LOOK_BACK, "month"),
        key=lambda month: month.first,
    )
    about: dict[str, tuple[int, str]] = {}
    for form in read("reports.yaml"):
        every = form["every"]
        since = queries.containing(first.first, every)
        draft = actions.FormDraft(
            form["title"],
            form["asked_by"],
            form["basis"],
            every,
            form["due_day"],
            form["by_community"],
            since.first if since.first >= first.first else since.after,
            "\n".join(column["title"] for column in form["columns"]),
        )
        columns = queries.form(actions.set_form(draft, by=by, now=opened), by).columns
        for said, column in zip(form["columns"], columns, strict=True):
            if (not column.held and "about" in said) or "says" in said:
                about.setdefault(column.item, (said.get("about", 0), said.get("says", "")))
            if not column.held and ("adds" in said or "kind" in said):
                actions.fill_column(
                    column.id,
                    str(column.item_id),
                    adds=said.get("adds", "sum"),
                    kind=said.get("kind", "number"),
                    by=by,
                    now=opened,
                )
    _fill(street, about, first, by, now)


def _fill(
    street: Street,
    about: dict[str, tuple[int, str]],
    month: queries.Period,
    by: Actor,
    now: datetime,
) -> None:
    while month.after <= office_day(now):
        last = queries.containing(month.after, "month").after > office_day(now)
        at = min(now, datetime.combine(month.after + timedelta(days=2), now.timetz()))
        said = {}
        for asked in queries.to_enter(month, by):
            usual, words = about.get(asked.item, (0, ""))
            for ask in asked.asks:
                rng = dice(street.seed, "report", asked.item, ask.place, month.key)
                if not (last and asked.item == LATE and rng.random() < EMPTY):
                    said[ask.name] = words or str(round(usual * rng.uniform(0.67, 1.33)))
        actions.enter(month, said, {}, by=by, now=at)
        for sheet in queries.of_month(month, by):
            if not sheet.missing:
                actions.hand_in(sheet.form.id, sheet.period.key, by=by, now=at)
        month = queries.containing(month.after, "month")
