"""A filed case's decision for a clerk: fetched from the database, and as a sheet on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.cases import case_record
from bot.cases.explanation import Alternative, Explanation, explain
from bot.catalogue import Catalogue
from bot.catalogue.files import load_catalogue
from bot.clock import in_city
from bot.errors import ContentError
from bot.settings import Settings
from bot.storage import Database
from bot.storage.secrets import get_vault

_NOTHING = "—"
_HOW = {"said": "  原话说明", "inferred": "  由地名推定", "ambiguous": "  地名有歧义"}


async def explain_case(settings: Settings, database_url: str, number: str, *, unmasked: bool) -> Explanation:
    """The decision kept with a case.

    Args:
        settings: Where the master key and the present catalogue are.
        database_url: The database.
        number: Case number or tracking code, in any spelling a citizen may use.
        unmasked: With the citizen's words for the place.

    Raises:
        CaseNotFound: There is none.
    """
    async with Database(database_url, pool_size=2) as database, database.session() as session:
        record = await case_record(session, get_vault(settings), number)
    return explain(record, _catalogue(settings), unmasked=unmasked)


def _catalogue(settings: Settings) -> Catalogue | None:
    """The present catalogue; a broken one hides names and no decision, for that is kept with the case."""
    try:
        return load_catalogue(settings.content_dir)
    except ContentError:
        return None


def sheet(told: Explanation) -> RenderableType:
    """The explanation as a clerk reads it."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(overflow="fold")
    for label, value in _lines(told):
        table.add_row(label, Text(value))
    return Group(
        Text(f"{told.case_number}  {told.kind}  {told.state}", style="bold"),
        table,
        *_others("其他可能的类别", told.categories),
        *_others("其他可能的主办单位", told.units),
    )


def _lines(told: Explanation) -> Iterable[tuple[str, str]]:
    version = told.catalogue_version or _NOTHING
    if told.superseded_by:
        version += f"（目录现为 {told.superseded_by}，本件不重新判定）"
    if told.rule:
        rule = f"dispatch_rules.csv 类别 {told.rule}" + (f"，{told.rule_from}起" if told.rule_from else "")
    else:
        rule = "没有对应的规则行" if told.evidence else "未留存"
    yield "派单方式", told.dispatch_kind or _NOTHING
    yield "主办", _named(told.lead_unit, told.lead_unit_id)
    yield "协办", "、".join(_named(name, unit) for unit, name in told.assist_units) or _NOTHING
    yield "规则", rule + ("（上一级类别的通用规则）" if told.rule_is_general else "")
    yield "依据", told.basis or _NOTHING
    yield "目录版本", version
    confidence = "" if told.confidence is None else f"  把握 {told.confidence:.2f}"
    yield "类别", f"{_named(told.category_path, told.category)}{confidence}"
    how = _HOW.get(told.place_match or "", "")
    yield "地点", (" ".join(told.place) or _NOTHING) + how
    if told.place_words:
        yield "地点原话", told.place_words
    yield "时限等级", told.sla_class + ("（紧急）" if told.emergency else "")
    yield "受理", _moment(told.created_at)
    yield "派单截止", _moment(told.dispatch_due_at)
    yield "派出", _moment(told.dispatched_at)
    yield "办理截止", _moment(told.due_at)
    yield "待核实", "\n".join(told.open_questions) or _NOTHING
    yield "证据", "\n".join(told.evidence) or _NOTHING


def _others(title: str, alternatives: tuple[Alternative, ...]) -> Iterable[RenderableType]:
    if not alternatives:
        return
    table = Table()
    for heading in (title, "为什么不是"):
        table.add_column(heading, overflow="fold")
    for one in alternatives:
        table.add_row(Text(_named(one.name, one.code)), Text(one.why_not))
    yield table


def _named(name: str | None, code: str | None) -> str:
    return f"{name} ({code})" if name and code else name or code or _NOTHING


def _moment(value: datetime | None) -> str:
    return _NOTHING if value is None else f"{in_city(value):%Y-%m-%d %H:%M}"
