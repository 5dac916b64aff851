"""What the citizen is told of a case that was just filed: number, who holds it, until when."""

from __future__ import annotations

from typing import Any

from actions.complaint.wording import due_in_words
from actions.turn import Turn
from bot.cases import CaseState, CaseView, FiledCase
from bot.observability import metrics


def say_receipt(turn: Turn, filed: FiledCase, unit: str) -> None:
    """Number, holder and deadline, in words and as data for a card; ``unit`` is whom the catalogue names."""
    if not filed.repeated:
        metrics.case_filed(filed.view.kind)
    view = filed.view
    number = filed.tracking_code or view.case_number
    response = "utter_filed_anonymous" if filed.tracking_code else "utter_filed"
    turn.say(
        response,
        number=number,
        holder=holder_in_words(view, unit),
        until=until_in_words(view),
        data={"case": card_of(filed)},
    )


def card_of(filed: FiledCase) -> dict[str, Any]:
    """A case as data, for channels that draw a card."""
    view = filed.view
    return {
        "number": filed.tracking_code or view.case_number,
        "title": view.title,
        "holder": view.holder,
        "due": view.due_at.isoformat() if view.due_at is not None else None,
    }


def holder_in_words(view: CaseView, unit: str) -> str:
    """Who looks at it now."""
    if view.state is CaseState.QUEUED:
        return "市民热线正在核实由哪个单位负责，定下来马上交办。"
    if view.state is CaseState.REFUSED:
        return f"这件事不归热线办理，请直接联系{unit}。"
    if view.state is CaseState.SURVEYING:
        return "已经答复过您，过后会问您清不清楚。"
    return f"已交给{view.holder}办理。"


def until_in_words(view: CaseView) -> str:
    """Until when the citizen hears something."""
    if view.due_at is None:
        return "有变化会告诉您。"
    if view.state is CaseState.QUEUED:
        return f"{due_in_words(view.due_at)}会交办。"
    return f"{due_in_words(view.due_at)}办理并答复您。"


def say_followed(turn: Turn, filed: FiledCase, holder: str) -> None:
    """The case follows an earlier one; ``holder`` has that one."""
    if not filed.repeated:
        metrics.case_filed(filed.view.kind)
    turn.say("utter_followed", number=filed.tracking_code or filed.case_number, holder=holder)


def say_receipts(turn: Turn, filed: list[tuple[FiledCase, str]]) -> None:
    """Several cases at once: a line each, and a card each."""
    lines, cards = [], []
    for number, (one, unit) in enumerate(filed):
        if not one.repeated:
            metrics.case_filed(one.view.kind)
        shown = one.tracking_code or one.case_number
        lines.append(
            f"{'①②③④⑤'[number]} {one.view.title}：{shown}，{holder_in_words(one.view, unit)}{until_in_words(one.view)}"
        )
        cards.append(card_of(one))
    response = "utter_filed_several_anonymous" if filed[0][0].tracking_code else "utter_filed_several"
    turn.say(response, count=count_in_words(len(filed)), cases="\n".join(lines), data={"cases": cards})


def count_in_words(count: int) -> str:
    """两, 三, 四 ... as one counts matters."""
    return "零一两三四五六七八九"[count]
