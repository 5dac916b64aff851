"""Where what a message carries is taken up: with a question open, with nothing open, and when a matter takes what waited for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.carried import files, guessed, places, voice
from actions.complaint.draft import Draft, Question
from actions.complaint.wording import files_in_words
from actions.turn import Turn
from bot.attachments import MOST, Received


def carries(turn: Turn) -> bool:
    """Whether the message brings files or a location."""
    return bool(turn.payload.get("attachments") or turn.payload.get("location"))


def keep_quietly(turn: Turn) -> None:
    """While a clerk speaks: files wait for the next matter; only what is not kept is said."""
    files.say_refused(turn)
    files.take_in(turn, Draft())


def take_for_question(turn: Turn, draft: Draft, question: Question) -> tuple[Draft, bool]:
    """Take what a message carries while ``question`` is open, and say so.

    Returns:
        The draft, and whether the question need not be put again: it stands right above, and this was one more file.
    """
    found = places.located(turn)
    if found is not None:
        draft = places.take_location(turn, draft, question, found)
    files.say_refused(turn)
    more = files.follows_files(turn)
    taken = files.take_in(turn, draft)
    quiet = more and found is None and len(taken) == len(files.received(turn)) and not turn.text
    _acknowledge(turn, taken, draft, more=quiet)
    # With words the files wait until it is known which matter the words are about.
    return draft if turn.text else collect(turn, draft), quiet


async def take_unasked(turn: Turn) -> Draft | None:
    """Take what a message carries while nothing is open and its words, if any, only speak of it.

    Returns:
        A draft to open the form with, which asks what the matter is; None when nothing need be asked.
    """
    found = places.located(turn)
    files.say_refused(turn)
    if found is not None:
        places.keep_location(turn, found)
    taken = files.take_in(turn, Draft())
    if taken and found is None and not _only_voice(taken) and await _join_last(turn, taken):
        return None
    if not taken and found is None:
        return None
    _acknowledge(turn, taken, Draft(), more=False)
    return Draft(read_to=turn.inbox_id)


def speaks_for_itself(turn: Turn) -> bool:
    """Whether what the message carries is all it says: it has no words, or they only speak of its files."""
    return not turn.text or (bool(turn.payload.get("attachments")) and files.speaks_of_files(turn.text))


def take_with_words(turn: Turn) -> None:
    """Take what a message with words carries while nothing is open; the words are read afterwards."""
    files.say_refused(turn)
    if (found := places.located(turn)) is not None:
        turn.remember(replace(turn.talk, located=found))
    _acknowledge(turn, files.take_in(turn, Draft()), Draft(), more=False)


async def take_to_filed(turn: Turn, number: str) -> None:
    """The message's words were about a filed case: so are its files."""
    filed = next((one for one in turn.talk.filed if one.number == number), None)
    here = {one.id for one in files.received(turn)}
    waiting = [one for one in files.fresh_files(turn) if one.file.id in here]
    if filed is None or not waiting:
        return
    if await files.add_to_filed(turn, filed, [one.file for one in waiting]) is not None:
        _leave(turn, waiting)


def collect(turn: Turn, draft: Draft) -> Draft:
    """The draft with the files and the location that waited for a matter; without a matter they go on waiting."""
    if not draft.matter:
        return draft
    draft = places.with_location(turn, draft)
    waiting = files.fresh_files(turn)
    if not turn.talk.files:
        return draft
    turn.remember(replace(turn.talk, files=()))
    known = {file.id for file in draft.files}
    fresh = [one for one in waiting if one.file.id not in known]
    draft = replace(draft, files=(*draft.files, *(one.file for one in fresh))[:MOST])
    if draft.place is None or not draft.place.district:
        hints = (places.suggestion(turn, one.place) for one in fresh)
        draft = replace(draft, suggested=next((hint for hint in hints if hint is not None), draft.suggested))
    return draft


async def _join_last(turn: Turn, taken: Sequence[Received]) -> bool:
    """Add files to the case that was filed last; False when there is none that takes them."""
    filed = turn.talk.last_filed(turn.at)
    waiting = [one for one in files.fresh_files(turn) if one.file.id in {kept.id for kept in taken}]
    if filed is None:
        return False
    count = await files.add_to_filed(turn, filed, [one.file for one in waiting])
    if count is None:
        return False
    _leave(turn, waiting)
    what = files_in_words(kept.kind for kept in taken)
    if count and files.follows_files(turn):
        turn.say("utter_file_more", what=what, count=str(count))
    elif count:
        turn.say("utter_file_added_to_case", what=what, number=filed.number)
    return True


def _leave(turn: Turn, waiting: Sequence[object]) -> None:
    turn.remember(replace(turn.talk, files=tuple(one for one in turn.talk.files if one not in waiting)))


def _acknowledge(turn: Turn, taken: Sequence[Received], draft: Draft, *, more: bool) -> None:
    if not taken:
        return
    what = files_in_words(one.kind for one in taken)
    if _only_voice(taken) and (voice.was_heard(turn) or guessed.is_asked(turn)):
        return  # what was heard, or may have been, is said with the turn's first words
    if _only_voice(taken) and not turn.text:
        voice.say_unheard(turn)
    elif more:
        turn.say("utter_file_more", what=what, count=str(len(draft.files) + len(files.fresh_files(turn))))
    else:
        turn.say("utter_file_kept" if draft.matter and not turn.text else "utter_file_received", what=what)


def _only_voice(taken: Sequence[Received]) -> bool:
    return bool(taken) and all(one.kind == "voice" for one in taken)
