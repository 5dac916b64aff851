"""The channel's own words: what commands mean to the dialogue, and the few sentences that no dialogue says."""

from __future__ import annotations

import re

HELLO = "你好"
COMMANDS = {
    "start": HELLO,
    "help": "你都能帮我做什么",
    "new": "我要反映问题",
    "cases": "查一下我的工单进度",
    "cancel": "取消",
}
"""What a command says: words that the dialogue has learnt from, or says itself on a button."""

MENU = (
    ("new", "反映问题"),
    ("cases", "查进度"),
    ("cancel", "取消这次登记"),
    ("help", "我能做什么"),
)
"""The menu of the chat: command and what it does."""

TOO_FAST = (
    "您发得有点快，刚才这条没有记下，请过一分钟再发一次。如遇紧急情况，请直接拨打 110、119、120 或 122。"
)
TOO_FAST_SHORT = "您点得有点快，请过一会儿再点。"
ONLY_PRIVATE = "为了保护您的隐私，我只在私聊里办理诉求。请点我的头像，私聊告诉我。"

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]{1,64})?(?:\s+(.*))?", re.DOTALL)
_LINK = re.compile(r"link[_-]?([0-9]{4}[_-]?[0-9]{4})")
_CHINESE_MOBILE = re.compile(r"\+?(?:0{0,2}86)?(1[3-9][0-9]{9})")


def command_words(text: str) -> tuple[str, str]:
    """What a command says, and what a deep link brought along with ``/start``.

    What follows a command is what the citizen has to say: ``/new 小区停水`` is 小区停水. A text that is no command of
    ours is itself.
    """
    match = _COMMAND.fullmatch(text.strip())
    if match is None or match[1].lower() not in COMMANDS:
        return text, ""
    name, rest = match[1].lower(), (match[2] or "").strip()
    if name != "start":
        return rest or COMMANDS[name], ""
    link = _LINK.fullmatch(rest)
    if link is not None:
        return f"接续码 {re.sub('[_-]', '', link[1])}", ""
    return HELLO, rest[:64]


def phone_words(number: str) -> str:
    """What sharing one's own contact says."""
    bare = re.sub(r"[^0-9+]", "", number)
    mobile = _CHINESE_MOBILE.fullmatch(bare)
    return f"我的电话是 {mobile[1] if mobile else bare}"
