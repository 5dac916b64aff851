"""Contact and the wish to stay unknown, as they change a draft."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint.draft import Draft
from actions.complaint.utterance import wants_anonymity, wants_confidence
from bot.understanding.contact import Contact, find_contact
from bot.understanding.redaction import redact

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_GROUPS = re.compile(r"(?<=[零〇一二三四五六七八九幺\d])[\s\-—,，]+(?=[零〇一二三四五六七八九幺\d])")
_TIMES = re.compile(r"([两俩二三四五六七八])个([零〇一二三四五六七八九幺\d])")
_HOW_OFTEN = dict(zip("两俩二三四五六七八", (2, 2, 2, 3, 4, 5, 6, 7, 8), strict=True))


def answered_contact(text: str) -> Contact | None:
    """The number in an answer to "which number?": one's own, else any that could be dialled, also spoken in groups: 一三九，七个零，一."""
    text = _TIMES.sub(lambda said: said[2] * _HOW_OFTEN[said[1]], text)
    own = find_contact(text)
    if own is not None:
        return own
    joined = _GROUPS.sub("", text)
    if joined != text and (own := find_contact(joined)) is not None:
        return own
    digits = _MOBILE.search(_GROUPS.sub("", text))
    if digits is None:
        return None
    return Contact(phone=digits.group(), text=digits.group(), span=(0, len(text)), kind="mobile")


def with_contact(draft: Draft, contact: Contact) -> Draft:
    """The draft with a number, and a name where one was told; a wrong number that it replaces goes from the sentences, too."""
    if draft.phone and draft.phone != contact.phone:
        draft = _in_sentences(draft, draft.phone, contact.phone)
    return replace(draft, phone=contact.phone, name=contact.name or draft.name, phone_declined=False)


def without_contact(draft: Draft) -> Draft:
    """The draft without number and name, also where they stand in the citizen's own sentences."""
    for said in (draft.phone, draft.name):
        if said:
            draft = _in_sentences(draft, said, "")
    return replace(draft, phone=None, name=None, phone_declined=True)


def _in_sentences(draft: Draft, wrong: str, right: str) -> Draft:
    return replace(
        draft,
        matter=tuple(part.replace(wrong, right) for part in draft.matter),
        issues=tuple(replace(issue, text=issue.text.replace(wrong, right)) for issue in draft.issues),
    )


def with_privacy(draft: Draft, text: str) -> Draft:
    """The draft with the wish to stay unknown that ``text`` holds, if it holds one."""
    if wants_anonymity(text):
        # Who says "anonymous" and leaves a number in one breath wants to be called but not named.
        return replace(draft, confidential=True) if find_contact(text) else make_anonymous(draft)
    if wants_confidence(text):
        return replace(draft, confidential=True)
    return draft


def make_anonymous(draft: Draft) -> Draft:
    """No identity at all: what was said of it before is dropped, also from the citizen's own sentences."""
    return replace(
        draft,
        anonymous=True,
        phone=None,
        name=None,
        matter=tuple(redact(part) for part in draft.matter),
        answers={slot: redact(words) for slot, words in draft.answers.items()},
        issues=tuple(replace(issue, text=redact(issue.text)) for issue in draft.issues),
    )
