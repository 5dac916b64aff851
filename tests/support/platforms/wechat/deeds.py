"""What citizens do in WeChat: each deed is one message or event to the account."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tests.support.platforms.wechat.account import Account
from tests.support.platforms.wechat.citizens import Citizen
from tests.support.platforms.wechat.media import Media, image_ending
from tests.support.platforms.wechat.payloads import Fields, Message, event, message
from tests.support.platforms.wechat.records import MessageResult


class Deeds(ABC):
    """Deeds by openid; each returns when the account took it, or when its tries are used up."""

    account: Account
    media: Media
    recognition: bool

    @abstractmethod
    async def deliver(self, message: Message, media_id: str | None = None) -> MessageResult:
        """Take a message to the account."""

    @abstractmethod
    def citizen(self, openid: str) -> Citizen:
        """Who has this openid."""

    @property
    @abstractmethod
    def url(self) -> str:
        """Where the platform answers."""

    async def say(self, openid: str, text: str, *, msg_id: int | None = None) -> MessageResult:
        """A text."""
        return await self.deliver(message(openid, "text", [("Content", text)], text, msg_id))

    async def press(self, openid: str, press: str, *, with_id: bool = True) -> MessageResult:
        """An entry of a message menu: comes as its text with ``bizmsgmenuid``, which older clients leave out.

        Args:
            openid: Who.
            press: As in :class:`~tests.support.platforms.wechat.records.Pressable`.
            with_id: Whether the id comes along.
        """
        _, number, entry = press.split(":", 2)
        shown = self.citizen(openid).talk[int(number) - 1]
        title = next(one.title for one in getattr(shown, "buttons", ()) if one.press == press)
        behind: Fields = [("bizmsgmenuid", entry)] if with_id else []
        return await self.deliver(message(openid, "text", [("Content", title)], title, behind=behind))

    async def send_image(self, openid: str, content: bytes) -> MessageResult:
        """A photo (JPEG or PNG)."""
        media_id = self.media.keep(content, image_ending(content))
        fields: Fields = [("PicUrl", f"{self.url}/pic/{media_id}"), ("MediaId", media_id)]
        return await self.deliver(message(openid, "image", fields, "[图片]"), media_id)

    async def send_voice(
        self, openid: str, content: bytes, *, heard: str | None = None, wide: bytes | None = None
    ) -> MessageResult:
        """A voice note: AMR at 8 kHz.

        Args:
            openid: Who.
            content: The AMR file.
            heard: WeChat's own recognition, sent where the platform has it switched on.
            wide: The same as speex at 16 kHz, for ``media/get/jssdk``.
        """
        media_id = self.media.keep(content, "amr", wide)
        fields: Fields = [("MediaId", media_id), ("Format", "amr")]
        behind: Fields = [] if heard is None or not self.recognition else [("Recognition", heard)]
        return await self.deliver(message(openid, "voice", fields, "[语音]", behind=behind), media_id)

    async def send_video(self, openid: str, content: bytes, kind: str = "video") -> MessageResult:
        """A video; ``kind`` may be ``shortvideo``."""
        media_id, thumb = self.media.keep(content, "mp4"), self.media.keep(b"\xff\xd8\xff", "jpg")
        fields: Fields = [("MediaId", media_id), ("ThumbMediaId", thumb)]
        return await self.deliver(message(openid, kind, fields, "[视频]"), media_id)

    async def send_location(
        self, openid: str, latitude: float, longitude: float, label: str = "", scale: int = 16
    ) -> MessageResult:
        """A place on the map, in GCJ-02."""
        fields: Fields = [
            ("Location_X", latitude),
            ("Location_Y", longitude),
            ("Scale", scale),
            ("Label", label),
        ]
        return await self.deliver(
            message(openid, "location", fields, f"[位置] {label or f'{latitude},{longitude}'}")
        )

    async def send_link(self, openid: str, title: str, description: str, url: str) -> MessageResult:
        """A link that was shared."""
        fields: Fields = [("Title", title), ("Description", description), ("Url", url)]
        return await self.deliver(message(openid, "link", fields, f"[链接] {title}"))

    async def subscribe(self, openid: str, scene: str | None = None) -> MessageResult:
        """Follow the account, by a QR code with ``scene`` if there is one."""
        self.citizen(openid).follows = True
        fields: Fields = (
            [("EventKey", "")]
            if scene is None
            else [("EventKey", f"qrscene_{scene}"), ("Ticket", f"ticket-{scene}")]
        )
        return await self.deliver(event(openid, "subscribe", fields, "关注了公众号", "subscribe"))

    async def unsubscribe(self, openid: str) -> MessageResult:
        """Follow no more."""
        self.citizen(openid).follows = False
        return await self.deliver(event(openid, "unsubscribe", [("EventKey", "")], "取消了关注"))

    async def scan(self, openid: str, scene: str) -> MessageResult:
        """A follower scans a QR code of the account."""
        fields: Fields = [("EventKey", scene), ("Ticket", f"ticket-{scene}")]
        return await self.deliver(event(openid, "SCAN", fields, f"扫了二维码 {scene}", "scan"))

    async def click(self, openid: str, key: str, title: str | None = None) -> MessageResult:
        """An entry of the account's menu."""
        return await self.deliver(
            event(openid, "CLICK", [("EventKey", key)], f"点了菜单“{title or key}”", "click")
        )

    async def view(self, openid: str, url: str) -> MessageResult:
        """An entry of the account's menu that opens a page; it opens no window."""
        return await self.deliver(event(openid, "VIEW", [("EventKey", url)], f"打开了 {url}"))

    async def report_location(self, openid: str, latitude: float, longitude: float) -> MessageResult:
        """Where the citizen is, told by itself when the conversation is opened."""
        fields: Fields = [("Latitude", latitude), ("Longitude", longitude), ("Precision", 40.0)]
        return await self.deliver(event(openid, "LOCATION", fields, "上报了位置"))

    async def consent(self, openid: str, template_id: str, *, accept: bool = True) -> MessageResult:
        """Agree to one notice of a subscription template, or not."""
        self.citizen(openid).consents[template_id] += accept
        said = "accept" if accept else "reject"
        entry: Fields = [("TemplateId", template_id), ("SubscribeStatusString", said), ("PopupScene", "2")]
        fields: Fields = [("SubscribeMsgPopupEvent", [("List", entry)])]
        return await self.deliver(event(openid, "subscribe_msg_popup_event", fields, "订阅通知"))


def openid_of(number: int) -> str:
    """The openid of a made-up citizen: 28 characters, as WeChat's."""
    return f"oSuda{number:023d}"
