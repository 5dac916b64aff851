"""The demo citizen of the WeChat stand-in, as the phone page plays them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from tests.support.platforms.phone import Line, Press, WireNote
from tests.support.platforms.wechat.deeds import openid_of
from tests.support.platforms.wechat.errors import MESSAGES
from tests.support.platforms.wechat.menus import leaves
from tests.support.platforms.wechat.records import Call, Said, Seen, Try

if TYPE_CHECKING:
    from tests.support.platforms.wechat.platform import WeChatPlatform

PHONE_OPENID = openid_of(12345)
"""The same after a restart: the account knows this citizen again."""

_HOW = {
    "passive": "被动回复",
    "custom": "客服消息",
    "template": "模板消息",
    "subscribe": "订阅通知",
    "system": "微信系统提示",
}
_KINDS = {
    "text": "文本",
    "voice": "语音",
    "image": "图片",
    "video": "视频",
    "location": "位置",
    "link": "链接",
    "subscribe": "事件：关注",
    "unsubscribe": "事件：取消关注",
    "SCAN": "事件：扫码",
    "CLICK": "事件：点菜单",
    "VIEW": "事件：菜单跳转",
    "LOCATION": "事件：上报位置",
    "TEMPLATESENDJOBFINISH": "事件：模板消息结果",
}
_OUTCOMES = {
    "silent": "诉达回 success：收下了",
    "passive": "诉达当场被动回复",
    "timeout": "没有按时回答，微信断开，会再送",
    "no_connection": "连不上，微信会再送",
    "cut": "连接断了，微信会再送",
    "status": "回答的不是 200，微信会再送",
    "wrong": "回答不合格式，市民会看到故障提示",
}


class WeChatPhone:
    """One citizen's phone.

    Args:
        platform: Where they are a citizen.
    """

    platform = "wechat"

    def __init__(self, platform: WeChatPlatform) -> None:
        self._platform = platform
        self.title = platform.account.name

    def say(self, text: str) -> None:
        """Say something."""
        self._do(self._platform.say(PHONE_OPENID, text))

    def press(self, press: str) -> None:
        """Press an entry of a message (``menu:``) or of the account's menu (``click:``, ``view:``), or do a deed."""
        platform = self._platform
        what, _, value = press.partition(":")
        presses: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
            "click": lambda: platform.click(PHONE_OPENID, value, self._title_of(press)),
            "view": lambda: platform.view(PHONE_OPENID, value),
            "subscribe": lambda: platform.subscribe(PHONE_OPENID),
            "unsubscribe": lambda: platform.unsubscribe(PHONE_OPENID),
            "scan": lambda: platform.scan(PHONE_OPENID, value),
        }
        if what == "menu" and any(one.press == press for seen in self._seen() for one in seen.buttons):
            self._do(platform.press(PHONE_OPENID, press))
        elif what in presses and what != "menu":
            self._do(presses[what]())
        else:
            raise LookupError("there is no such thing to press")

    def send_location(self, latitude: float, longitude: float, label: str) -> None:
        """Send a place."""
        self._do(self._platform.send_location(PHONE_OPENID, latitude, longitude, label))

    def send_photo(self, content: bytes) -> None:
        """Send a photo."""
        self._do(self._platform.send_image(PHONE_OPENID, content))

    def send_voice(self, content: bytes) -> None:
        """Send a voice note."""
        self._do(self._platform.send_voice(PHONE_OPENID, content))

    def typing(self) -> bool:
        """Whether the account is shown to be writing."""
        return self._platform.citizen(PHONE_OPENID).typing

    def lines(self, after: int) -> Sequence[Line]:
        """The conversation behind line ``after``."""
        return [_line(one) for one in self._platform.citizen(PHONE_OPENID).talk[after:]]

    def wire(self, after: int) -> Sequence[WireNote]:
        """Tries and calls behind note ``after``."""
        return [
            _note(place, one) for place, one in enumerate(self._platform.journal[after:], start=after + 1)
        ]

    def menu(self) -> Sequence[Press]:
        """The account's menu."""
        return [
            Press(str(one.get("name")), f"click:{one['key']}" if "key" in one else f"view:{one.get('url')}")
            for one in leaves(self._platform.menu)
        ]

    def deeds(self) -> Sequence[Press]:
        """Following, not following, scanning."""
        return [
            Press("关注公众号", "subscribe"),
            Press("取消关注", "unsubscribe"),
            Press("扫街道的二维码", "scan:street-12"),
        ]

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        self._platform.citizen(PHONE_OPENID)
        self._platform.start(work)

    def _seen(self) -> list[Seen]:
        return self._platform.seen(PHONE_OPENID)

    def _title_of(self, press: str) -> str | None:
        return next((one.title for one in self.menu() if one.press == press), None)


def _line(one: Said | Seen) -> Line:
    photo = f"/pic/{one.media_id}" if one.media_id is not None and one.text == "[图片]" else None
    if isinstance(one, Said):
        return Line(one.n, "citizen", one.text, one.at, photo=photo, event=one.is_event)
    buttons = tuple(Press(button.title, button.press) for button in one.buttons)
    return Line(one.n, "bot", one.text, one.at, buttons, _HOW[one.how], photo)


def _note(n: int, one: Try | Call) -> WireNote:
    if isinstance(one, Try):
        title = f"{_KINDS.get(one.kind, one.kind)} · 第 {one.number} 次"
        detail = _OUTCOMES[one.outcome] + (f"（{one.detail}）" if one.detail else "")
        return WireNote(n, "in", title, detail, one.accepted, one.seconds, one.at)
    what = f"errcode {one.errcode} {MESSAGES.get(one.errcode, '')}".strip()
    words = {"before": "连接被断开，没有处理", "after": "处理了，但连接被断开"}.get(one.cut, what)
    detail = f"{words}\n{one.detail}" if one.detail and not one.cut else words
    return WireNote(n, "out", one.path, detail, one.errcode == 0 and not one.cut, one.seconds, one.at)
