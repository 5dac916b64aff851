"""Files that came with a message: acknowledged in a few words, kept for the matter they belong to, joined to its case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from actions.complaint.draft import Draft, File
from actions.complaint.utterance import ends_in_yes, tells_trouble
from actions.complaint.wording import files_in_words
from actions.talk import AMENDABLE, Filed, Loose
from actions.turn import Turn
from bot.attachments import MOST, Received, StoreAway, attach, count_of_case, store_of
from bot.cases import add_words
from bot.errors import CaseNotFound, InvalidTransition
from bot.identity import CitizenRef, present_citizen
from bot.understanding.contact import find_contact
from bot.understanding.place import find_place

log = structlog.get_logger(__name__)

ALBUM = timedelta(minutes=2)
"""Files that follow each other so closely were sent together: they are not each answered at length."""

LONGEST_CAPTION = 24
_ABOUT_FILES = re.compile(
    r"[这那][几两]?[张些段份]|拍的|照片|图片|截图|视频|附件|[看如见]图|补充|证据|(?:今天|昨天|刚刚?|现场)(?:才|又)?(?:拍|照|录)"
)
_REFUSED = {
    "too_large": "utter_file_too_large",
    "bad_type": "utter_file_bad_type",
    "broken": "utter_file_broken",
    "unsafe": "utter_file_unsafe",
    "too_many": "utter_files_enough",
}


def received(turn: Turn) -> list[Received]:
    """The files of the message, kept and refused."""
    return [Received.from_json(one) for one in turn.payload.get("attachments") or ()]


def say_refused(turn: Turn) -> None:
    """One sentence for each reason why a file is not kept, and what to do."""
    said: dict[str, list[str]] = {}
    for one in received(turn):
        if one.id is None:
            said.setdefault(_REFUSED.get(one.code or "", "utter_file_away"), []).append(one.kind)
    for response, kinds in said.items():
        turn.say(response, what=files_in_words(kinds))


def speaks_of_files(text: str) -> bool:
    """Whether words tell of what was sent with them and of no matter of their own: 这张是今天拍的, 补充两张照片, 如图."""
    if len(text) > LONGEST_CAPTION or not _ABOUT_FILES.search(text):
        return False
    tells_more = tells_trouble(text) or ends_in_yes(text)
    return not tells_more and find_place(text) is None and find_contact(text) is None


def take_in(turn: Turn, draft: Draft) -> list[Received]:
    """Keep the message's files for the matter under way or the next one.

    Returns:
        Those that are kept: no more than a case may have, of which the citizen is told.
    """
    kept = [one for one in received(turn) if one.id is not None]
    free = MOST - len(draft.files) - len(fresh_files(turn))
    taken = kept[: max(0, free)]
    loose = [Loose(File(one.id or 0, one.kind), turn.at, one.place) for one in taken]
    turn.remember(replace(turn.talk, files=(*fresh_files(turn), *loose)))
    if len(taken) < len(kept):
        turn.say("utter_files_enough", what=files_in_words(one.kind for one in kept))
    return taken


def fresh_files(turn: Turn) -> tuple[Loose, ...]:
    """Files that wait for a matter, without those that waited too long to belong to the next one."""
    return tuple(one for one in turn.talk.files if turn.at - one.at <= AMENDABLE)


def follows_files(turn: Turn) -> bool:
    """Whether the citizen's last message brought a file, moments ago."""
    users = [event for event in turn.tracker.events or () if event.get("event") == "user"]
    if len(users) < 2 or turn.since_last is None or turn.since_last > ALBUM:
        return False
    return bool((users[-2].get("metadata") or {}).get("attachments"))


async def join(
    session: AsyncSession, turn: Turn, number: str, citizen: CitizenRef, files: Sequence[File]
) -> int:
    """Let files belong to a case, in the caller's transaction; how many of them it has now.

    A store that is away costs the files, never the case: of the files the citizen is told.
    """
    if not files:
        return 0
    services = turn.services
    ids = [file.id for file in files]
    try:
        return await attach(
            session, store_of(services.settings), services.vault, number, citizen, ids, turn.at
        )
    except StoreAway as error:
        log.warning("files.not_joined", inbox_id=turn.inbox_id, error=type(error).__name__)
        turn.say("utter_files_not_joined", what=files_in_words(file.kind for file in files))
        return 0


async def add_to_filed(turn: Turn, filed: Filed, files: Sequence[File]) -> int | None:
    """Add files, and words that speak of them, to a case that was filed before, as a step of its own.

    Returns:
        How many files the case has now; None when it is closed or not the citizen's any more.
    """
    services = turn.services
    what = files_in_words(file.kind for file in files)
    try:
        async with services.database.session() as session, session.begin():
            citizen = await present_citizen(session, services.vault, turn.citizen_id)
            if citizen is None:
                return None
            joined = await join(session, turn, filed.number, citizen, files)
            if joined:
                await add_words(
                    session,
                    filed.number,
                    citizen,
                    turn.at,
                    vault=services.vault,
                    words=f"补充了{what}：{turn.text}" if speaks_of_files(turn.text) else f"补充了{what}",
                    key=f"{turn.key} files",
                )
            if 0 < joined < len(files):
                turn.say("utter_files_enough", what=what)
            return await count_of_case(session, filed.number, citizen)
    except (CaseNotFound, InvalidTransition):
        return None
