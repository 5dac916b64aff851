"""The texts made of a case's facts: the read-back before filing and the receipt after it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from actions.complaint.draft import Draft, IssueDraft
from actions.complaint.several import added
from bot.clock import in_city
from bot.understanding import Occurred
from bot.understanding.place import Place

_PUNCTUATION = str.maketrans({",": "，", ";": "；", "(": "（", ")": "）", ":": "：", "?": "？", "!": "！"})
_SUFFIX = re.compile("(街道|地区|镇|乡|区)")
_FILES = {"photo": ("张", "照片"), "video": ("段", "视频"), "voice": ("条", "语音"), "file": ("个", "文件")}

HALF = 30
MATTER_SHOWN = 120
"""Characters of the matter that a read-back repeats."""


def read_back(draft: Draft) -> str:
    """The draft as lines for the citizen to check."""
    if draft.issues:
        lines = [_issue_line(number, issue) for number, issue in enumerate(draft.issues)]
        if more := added(draft):
            lines.append(f"【补充】{shorten('；'.join(more), MATTER_SHOWN)}")
    else:
        lines = [f"【事情】{shorten(draft.matter_told, MATTER_SHOWN)}"]
    if draft.answers:
        lines.append(f"【情况】{'；'.join(draft.answers.values())}")
    apart = any(issue.place for issue in draft.issues)
    pin = "（附您发来的定位）" if draft.shared is not None else ""
    if draft.place is not None and not apart:
        lines.append(f"【地点】{place_in_words(draft.place)}{pin}")
    elif draft.shared is not None and not apart:
        lines.append("【地点】您发来的定位")
    elif draft.place_settled and not apart:
        lines.append("【地点】以您说的内容为准")
    if draft.occurred is not None and not any(issue.occurred for issue in draft.issues):
        lines.append(f"【时间】{time_in_words(draft.occurred)}")
    if draft.anonymous:
        lines.append("【身份】匿名，不记姓名和电话")
    elif draft.phone:
        lines.append(f"【电话】{draft.phone}" + (f"（{draft.name}）" if draft.name else ""))
    else:
        lines.append("【电话】不留")
    if draft.confidential and not draft.anonymous:
        lines.append("【保密】不告诉被反映的一方")
    if draft.files:
        lines.append(f"【附件】{files_in_words((file.kind for file in draft.files), counted=True)}")
    return "\n".join(lines)


def _issue_line(number: int, issue: IssueDraft) -> str:
    """One of several matters, with what it does not share with the others."""
    own = [f"地点：{place_in_words(issue.place)}"] if issue.place is not None else []
    own += [f"时间：{time_in_words(issue.occurred)}"] if issue.occurred is not None else []
    return f"{'①②③④⑤'[number]}【事情】{shorten(issue.text, MATTER_SHOWN // 2)}" + (
        f"（{'；'.join(own)}）" if own else ""
    )


def place_in_words(place: Place) -> str:
    """District and street before what the citizen said, without saying anything twice."""
    said = place.text or ""
    prefix = "".join(part for part in (place.district, place.street) if part and not _says(said, part))
    return prefix if said and said in prefix else prefix + said


def _says(said: str, name: str) -> bool:
    """Whether ``said`` begins with a place's name, official or as people say it: 黄村镇 is 黄村地区."""
    stem = re.sub(f"{_SUFFIX.pattern}$", "", name)
    return name in said or (said.startswith(stem) and bool(_SUFFIX.match(said[len(stem) :][:2])))


def files_in_words(kinds: Iterable[str], *, counted: bool = False) -> str:
    """Files as people speak of them: 照片 (one, unless ``counted``), 3张照片, 2张照片和1个文件."""
    count = Counter(kinds)
    if count.total() == 1 and not counted:
        return _FILES[next(iter(count))][1]
    return "和".join(f"{number}{''.join(_FILES[kind])}" for kind, number in count.items())


def time_in_words(occurred: Occurred) -> str:
    """The citizen's words, with the date they were taken for where that helps to check."""
    start = occurred.start
    if not start or len(start) < len("2026-11-23") or occurred.type == "recurring":
        return occurred.text
    day = datetime.fromisoformat(start)
    shown = f"{day.month}月{day.day}日"
    return occurred.text if shown in occurred.text else f"{occurred.text}（{shown}）"


def due_in_words(due: datetime) -> str:
    """A moment as people say it: 11月24日15点前; odd minutes become the next half hour, so that no promise is broken by it."""
    local = in_city(due)
    over = local.minute % HALF + local.second / 60
    if over:
        local += timedelta(minutes=HALF - over)
    return f"{local.month}月{local.day}日{local.hour}点{'半' if local.minute >= HALF else ''}前"


def chinese(text: str) -> str:
    """Catalogue text with the punctuation Chinese readers expect."""
    return text.translate(_PUNCTUATION).rstrip("。；")


def shorten(text: str, length: int) -> str:
    """``text`` in at most ``length`` characters, with an ellipsis where it was cut."""
    return text if len(text) <= length else text[: length - 1] + "…"
