"""Contact and the wish to stay unknown, as they change a draft."""

from __future__ import annotations

from dataclasses import replace

from actions.complaint.draft import Draft
from actions.complaint.utterance import wants_anonymity, wants_confidence
from bot.understanding.contact import Contact, find_contact
from bot.understanding.redaction import redact


def with_contact(draft: Draft, contact: Contact) -> Draft:
    """The draft with a number, and a name where one was told."""
    return replace(draft, phone=contact.phone, name=contact.name or draft.name, phone_declined=False)


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
