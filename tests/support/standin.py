"""The web channel's core in memory, with a small dialogue: what the page's tests talk to instead of the intake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import now
from bot.errors import RateLimited, StorageError
from bot.messages import Button, Incoming, Reply
from channels.web import Line

GREETING = Reply(
    "您好，请问您遇到了什么问题？", (Button("反映问题", "我要反映一个问题"), Button("查进度", "我要查进度"))
)


def filed(number: str = "JA26-1123-7K4Q-X") -> Reply:
    """The reply that a filed case ends with."""
    due = (now() + timedelta(days=7)).isoformat()
    case = {"number": number, "title": "小区夜间施工噪声扰民", "holder": "幸福街道办事处", "due": due}
    return Reply("已经登记好了。有了进展会告诉您，也可以随时来问。", (), {"case": case})


@dataclass
class StandIn:
    """An in-memory twin of the port; ``delay`` seconds pass before each answer."""

    delay: float = 0.05
    accepted: list[Incoming] = field(default_factory=list)
    broken: bool = False
    said: dict[str, list[Line]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._answers: dict[int, list[Line]] = {}
        self._lines = self.said
        self._last = max((line.id for lines in self.said.values() for line in lines), default=0)
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, incoming: Incoming) -> int:
        """Keep the message once; the text 太快 is over the limit."""
        if self.broken:
            raise StorageError("down")
        if incoming.text == "太快":
            raise RateLimited("fast")
        known = self._ids.get(incoming.external_id)
        if known is not None:
            return known
        inbox_id = self._ids[incoming.external_id] = len(self._ids) + 1
        self.accepted.append(incoming)
        said = Line(0, "citizen", Reply(incoming.text), now(), incoming.external_id)
        self._lines.setdefault(incoming.address, []).append(said)
        task = asyncio.create_task(self._answer(inbox_id, incoming))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return inbox_id

    async def _answer(self, inbox_id: int, incoming: Incoming) -> None:
        await asyncio.sleep(self.delay + (1.5 if incoming.text.startswith("慢") else 0))
        lines = [self._line(reply, incoming.external_id) for reply in dialogue(incoming.text)]
        await self._say(incoming.address, lines)
        self._answers[inbox_id] = lines
        async with self._news:
            self._news.notify_all()

    def _line(self, reply: Reply, external_id: str | None) -> Line:
        self._last += 1
        return Line(self._last, "bot", reply, now(), external_id)

    async def _say(self, address: str, lines: list[Line]) -> None:
        self._lines.setdefault(address, []).extend(lines)
        async with self._news:
            self._news.notify_all()

    async def push(self, address: str, text: str) -> None:
        """Tell a citizen something unasked."""
        await self._say(address, [self._line(Reply(text), None)])

    async def wait_for_replies(self, inbox_id: int, wait: float) -> list[Line] | None:
        """As the port says."""
        try:
            async with asyncio.timeout(wait), self._news:
                await self._news.wait_for(lambda: inbox_id in self._answers)
        except TimeoutError:
            return None
        return self._answers[inbox_id]

    async def history(self, address: str, limit: int) -> list[Line]:
        """As the port says."""
        return self._lines.get(address, [])[-limit:]

    async def stream(self, address: str, after: int | None) -> AsyncGenerator[Line, None]:
        """As the port says."""
        last = self._last if after is None else after
        while True:
            for line in [line for line in self._lines.get(address, ()) if line.id > last]:
                last = line.id
                yield line
            async with self._news:
                await self._news.wait()


def dialogue(text: str) -> list[Reply]:
    """Enough of a conversation to see every kind of reply."""
    if text in ("你好", "您好"):
        return [GREETING]
    if text in ("我要反映一个问题", "反映问题"):
        return [Reply("请说说发生了什么：在哪里、什么时候、是什么事。")]
    if "施工" in text:
        question = "我记下了：小区夜间施工噪声扰民。方便留个联系方式吗？"
        return [
            Reply(
                question,
                (
                    Button("匿名反映", "我想匿名"),
                    Button("保密", "请为我保密"),
                    Button("留电话", "可以留电话"),
                ),
            )
        ]
    if text in ("我想匿名", "请为我保密", "确认"):
        return [Reply("好的，我来登记。"), filed()]
    if text == "":
        return [Reply("没有看到文字，请再说一次。")]
    return [Reply(f"您说的是：{text[:200]}")]
