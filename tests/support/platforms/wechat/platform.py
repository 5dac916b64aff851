"""The WeChat platform of tests, load and the demo: citizens speak, the account's server is called, its calls are answered."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from tests.support.platforms.phone import phone_routes
from tests.support.platforms.serving import Served, serving
from tests.support.platforms.wechat import payloads
from tests.support.platforms.wechat.account import Account, Times
from tests.support.platforms.wechat.api import Api
from tests.support.platforms.wechat.citizens import Citizen, Windows
from tests.support.platforms.wechat.control import control_routes
from tests.support.platforms.wechat.deeds import Deeds
from tests.support.platforms.wechat.faults import Faults, Plan
from tests.support.platforms.wechat.media import Media
from tests.support.platforms.wechat.payloads import Message
from tests.support.platforms.wechat.phone import WeChatPhone
from tests.support.platforms.wechat.records import FAULT, Call, MessageResult, Seen, Try
from tests.support.platforms.wechat.tokens import Tokens
from tests.support.platforms.wechat.webhook import Stamp, Webhook


class WeChatPlatform(Deeds):
    """A running platform with one account; made by :func:`wechat_platform`.

    What citizens do (``say``, ``click``, ``subscribe``, ``send_image``...) is in :class:`Deeds`.

    Args:
        account: The account and its server.
        times: How long things last.
        faults: What goes wrong.
        same_nonce: The second and third try of a message carry timestamp and nonce of the first.
        recognition: Voice notes come with what WeChat heard, when the deed says it.

    Attributes:
        journal: Tries and calls in order.
        problems: What an account must not do although nothing fails at once: bad answers, escaped JSON.
        results: What became of each message, in the order in which they ended.
    """

    def __init__(
        self,
        account: Account,
        *,
        times: Times | None = None,
        faults: Faults | None = None,
        same_nonce: bool = False,
        recognition: bool = True,
    ) -> None:
        self.account = account
        self.times = times or Times()
        self.faults = faults or Faults()
        self.same_nonce = same_nonce
        self.recognition = recognition
        self.tokens = Tokens(self.times, self.now)
        self.media = Media(self.times, self.now)
        self.menu: dict[str, Any] | None = None
        self.journal: list[Try | Call] = []
        self.problems: list[str] = []
        self.results: list[MessageResult] = []
        self.app = Starlette(
            routes=[
                *Api(self).routes,
                *control_routes(self),
                Mount("/", app=phone_routes(WeChatPhone(self))),
            ]
        )
        self._citizens: dict[str, Citizen] = {}
        self._webhook = Webhook(account, self.times)
        self._passed_time = 0.0
        self._numbers = itertools.count(1)
        self._served: Served | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    # ---- time, people

    def now(self) -> float:
        """Seconds, as the platform counts windows, tokens and media; what it signs is always of the present."""
        return time.time() + self._passed_time

    def pass_time(self, seconds: float) -> None:
        """Let windows, tokens and media age."""
        self._passed_time += seconds

    @property
    def url(self) -> str:
        """Where the platform answers, without a slash at the end."""
        if self._served is None:
            raise RuntimeError("The platform does not run.")
        return self._served.url

    def citizen(self, openid: str) -> Citizen:
        """Who has this openid; a new follower at first."""
        if openid not in self._citizens:
            self._citizens[openid] = Citizen(openid, Windows(self.times, self.now))
        return self._citizens[openid]

    def find(self, openid: object) -> Citizen | None:
        """Who has this openid, if anybody."""
        return self._citizens.get(openid) if isinstance(openid, str) else None

    # ---- to the account

    async def deliver(self, message: Message, media_id: str | None = None) -> MessageResult:
        """Take a message to the account as WeChat does, with whatever is to go wrong; returns when all tries are over."""
        citizen = self.citizen(message.openid)
        citizen.did(message, media_id)
        plan = self.faults.plan(message.openid)
        if plan.delay:
            await asyncio.sleep(plan.delay)
        if plan.hold:
            await self.faults.hold(message.openid)
        result = MessageResult(message.openid, message.msg_id)
        stamp = Stamp.new()
        await self._tries(message, result, plan, stamp)
        self.faults.passed(message.openid)
        if plan.duplicate and result.outcome != "fault":
            await self._tries(message, result, Plan(), stamp)
        self.results.append(result)
        return result

    async def _tries(self, message: Message, result: MessageResult, plan: Plan, first: Stamp) -> None:
        """Until one is accepted, three at most."""
        citizen = self.citizen(message.openid)
        outcome = ""
        for number in range(self.times.tries):
            drop = plan.drops.popleft() if plan.drops else None
            stamp = first if self.same_nonce or (number == 0 and not result.tries) else Stamp.new()
            at, began = datetime.now(UTC), time.monotonic()
            answer = await self._webhook.take(message, stamp, drop)
            outcome = answer.outcome
            one = Try(
                self.next_n(), message.openid, message.kind, message.msg_id, len(result.tries) + 1, at,
                time.monotonic() - began, outcome, answer.detail,
            )  # fmt: skip
            result.tries.append(one)
            self.note(one)
            if answer.passive is not None:
                if not message.shown:
                    message.shown = True
                    text, media = answer.passive.text, answer.passive.media_id
                    result.shown = citizen.show("passive", text, msg_id=message.msg_id, media_id=media)
                return
            if outcome == "silent":
                return
            if outcome == "wrong":
                self.problem(f"{message.kind}, try {one.number}: {answer.detail}")
                break
        if message.visible and not message.shown and not any(one.accepted for one in result.tries):
            result.shown = citizen.show("system", FAULT, msg_id=message.msg_id)

    async def check_url(self) -> bool:
        """Whether the account's server passes the check of its address."""
        return await self._webhook.check_url()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something beside; the platform waits for it when it ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def settled(self) -> None:
        """Wait until nothing goes on beside any more."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def template_sent(self, openid: str) -> int:
        """A template message was shown: its number, which the account hears again in an event."""
        number = payloads.next_id()
        fields: payloads.Fields = [("MsgID", number), ("Status", "success")]
        self.start(self.deliver(payloads.event(openid, "TEMPLATESENDJOBFINISH", fields, "模板消息已送达")))
        return number

    # ---- what there is to see

    def seen(self, openid: str) -> list[Seen]:
        """What a citizen saw, in order."""
        return self.citizen(openid).seen()

    def heard(self, openid: str) -> list[str]:
        """The texts of what a citizen saw, in order."""
        return [one.text for one in self.seen(openid)]

    async def wait_seen(self, openid: str, count: int, timeout: float = 10.0) -> list[Seen]:  # noqa: ASYNC109 - ends in a test's own words
        """What a citizen saw, once it is at least ``count`` things.

        Raises:
            AssertionError: It is less after ``timeout`` seconds.
        """
        citizen = self.citizen(openid)
        try:
            async with asyncio.timeout(timeout):
                while len(seen := citizen.seen()) < count:
                    await citizen.news.wait()
        except TimeoutError:
            texts = [one.text for one in citizen.seen()]
            raise AssertionError(
                f"After {timeout:g} s a citizen has seen {len(texts)} of {count}: {texts}"
            ) from None
        return seen

    def calls(self, path: str | None = None) -> list[Call]:
        """The calls of the interface, in order."""
        return [one for one in self.journal if isinstance(one, Call) and path in (None, one.path)]

    def tries(self) -> list[Try]:
        """The tries, in order."""
        return [one for one in self.journal if isinstance(one, Try)]

    def counters(self) -> dict[str, int]:
        """How often what happened: tries by outcome, calls by code, tokens made, problems, messages by how they ended."""
        counts: Counter[str] = Counter()
        for one in self.journal:
            counts[f"try {one.outcome}" if isinstance(one, Try) else f"call {one.path} {one.errcode}"] += 1
        for result in self.results:
            counts[f"message {result.outcome}"] += 1
        counts["tokens made"], counts["problems"] = self.tokens.made, len(self.problems)
        return dict(sorted(counts.items()))

    # ---- for the parts

    def next_n(self) -> int:
        """The next number of the journal."""
        return next(self._numbers)

    def note(self, one: Try | Call) -> None:
        """Keep a try or a call."""
        self.journal.append(one)

    def problem(self, what: str) -> None:
        """Keep what an account must not do."""
        self.problems.append(what)

    async def outage(self, seconds: float, how: str = "refuse") -> None:
        """The platform's interface is away: ``refuse`` (no connection), ``bad_gateway`` (502) or ``busy`` (-1)."""
        if how == "busy":
            self.faults.be_busy(seconds)
        elif how == "bad_gateway":
            self.faults.be_bad_gateway(seconds)
        elif self._served is not None:
            await self._served.refuse()
            self.start(self._come_back(seconds))

    async def _come_back(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if self._served is not None:
            await self._served.listen()

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[None]:
        """Serve until the block ends."""
        async with self._webhook, serving(self.app, port) as served:
            self._served = served
            try:
                yield
            finally:
                for task in list(self._tasks):
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                self._served = None


@asynccontextmanager
async def wechat_platform(account: Account, *, port: int = 0, **others: Any) -> AsyncIterator[WeChatPlatform]:
    """A platform in this event loop, on a free port of loopback; ``others`` as :class:`WeChatPlatform` takes them."""
    platform = WeChatPlatform(account, **others)
    async with platform.running(port):
        yield platform
