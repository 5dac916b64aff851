"""Listening for danger in a message: by patterns, and by likeness where no pattern hears anything."""

from __future__ import annotations

import re

from bot.embedding import Embedder
from bot.understanding.danger import SURE, SUSPICIOUS, DangerModel
from bot.understanding.distilling import EMBEDDED, Distilled, distil
from bot.understanding.emergency import Emergency, EmergencyFinder
from bot.understanding.essence import essence
from bot.understanding.normalise import normalise

LONG = 50
"""Characters from which a message is listened to in stretches, too; a second vector for every message would double its cost."""
RATHER_LONG = 40
SURE_OF_RATHER_LONG = 0.8
SURE_OF_LONG = 0.95
"""Probability from which a long message, or a stretch of it, is an alarm: a whole complaint names risks and hurts that are over.

Of 728 complaints of three pens (2026-11-27) 19 that told of no danger rang at 0.7 and 3 do at 0.95; of 640 written dangers, nearly all shorter, 4 fewer are heard.
"""
LOUD = -3.5
"""Value of a stretch's words from which it is worth a vector."""
SURE_WITHOUT_PLACE = 0.92
"""Probability from which a message without its place is an alarm: what was taken for a place may be what broke (护栏让车撞倒了)."""
DOUBTED = 0.5
"""Probability below which the model agrees that a short message which takes its alarm back itself is none."""
HARMLESS = 0.01
"""Probability below which the model takes back an alarm of a pattern in a short message that says nothing of now: 房租压得我喘不过气.

Of 1,122 dangers that patterns hear, judged by a model that had not learnt them, it silences none (刚才 excepted), of 269 false alarms 101.
"""
TAKEN_IN = 60
"""Characters of a message that the model takes in whole."""
_NOT_NOW = re.compile(
    r"小说|剧组|拍戏|剧本|游戏|演习|演练|电影|快递|爆仓|不是(?:真的)?(?:着火|起火|火灾|漏气)|唔系火烛|没(?:有)?着火|虚惊|(?:已经|都)(?:熄|灭|扑灭|救上来|找到|没事)|视频了他|没事了|开玩笑|骗子说|诈骗"
    r"|(?:补|换|装|盖|修)(?:上|好|完)了|换了[^，]{0,4}(?:管|盖)|(?:被|已经)救出来|没漏了?|复课|新闻|逗你|[几两三四五六七八九十\d]年前|跟[^，]{1,8}一样|房价|股市|裁员|后来找到|判了|关进去了|培训|报名|关了总阀|\A(?!.*(?:现在|又|还没|还在|今天|刚|漏|倒|晕)).*(?:去年|前年|那次|早些年|找着了|多亏|感谢|想谢谢|表扬)"
)
"""What makes the words of a danger a story, a thing of the past, or a trick."""
LEAST_BEHIND = 4
"""Characters behind a breaking-off that are worth listening to."""
STRETCH = 48
"""Characters of a stretch of a long message that is listened to by itself."""

_NOW = re.compile(r"现在|正在|这会儿?|刚才?|又|快|赶紧|救(?!助|济)|马上|[！!]")
"""What says that it is happening."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
A_WORD = 2
"""Chinese characters that are a yes, a no or a greeting: 好."""
_FOR_A_PERSON = re.compile(
    r"(?:别[^，。！？\s]{1,6}[，,\s]?|给我|我要|我想|帮我|麻烦|能不能|快|赶紧)*(?:整|找|叫|喊|换|来|转|派)一?个?"
    r"[^，。！？\s救护伤死医警消命]{0,4}(?:活人|真人|人工|客服|[喘出]气的|人)(?:来|过来|跟我|和我|同我)*"
    r"(?:说话|讲话|说|讲|聊|接)?(?:嘛|吧|啊|呀|呗|行不行|行吗|[。！!？?\s])*"
)
"""A whole message that only asks for a person: 给我整个活人说话. To a model 活 and 喘气 sound of life and death."""

_DENIES = re.compile(
    r"没(?:有)?困(?:着|住)?人|没(?:有)?人(?:被)?困|(?:里头|里面|电梯里|轿厢里)(?:也|都)?(?:没(?:有)?人|是空的)(?!应|理|管|来|答|敢|救|帮)|没(?:有)?(?:漏气|着火|冒烟|起火)|没(?:有)?人(?:受伤|伤着)"
)
"""Clauses that say themselves that nobody is in danger: no likeness is heard in them, all the more in what stands beside."""
_OF_THE_TALK = re.compile(
    r"(?:接着|继续|重新|从头)(?:再|刚才的?)?(?:说|讲|聊|来|弄|填|问|开始)*(?:一遍|下去)?[吧呗啊了。！\s]*\Z"
)
"""The end of a message that takes the talk up again: 刚才孩子哭了，接着说吧. What was 刚才 is no danger then."""
_CLAUSE = re.compile(r"(?<=[，。！？；,!?;\s])")
_BREAKS_OFF = re.compile(
    r"(?:等一下|等一等|等等|等会儿?|不说了|先别说|先不说|别问了|先别问|先别管|先放放|回头再说|一会儿给你)[^，,。！!]{0,6}[，,。！!\s]+"
)
"""Where a speaker breaks off because something happens: 想问居住证，哎等一下，我妈倒了. What follows is listened to by itself."""
_SAID_SOON = 30
"""Characters up to which such a message tells nothing besides."""


class DangerListener:
    """Hears the dangers that a message reports as happening; safe to share between threads."""

    def __init__(self, patterns: EmergencyFinder, model: DangerModel | None, embedder: Embedder) -> None:
        self._emergencies, self._model, self._embedder = patterns, model, embedder

    def find(self, text: str, *, by_likeness: bool = True) -> Emergency | None:
        """The danger that ``text`` reports as happening, or None; ``by_likeness`` False hears only what was foreseen.

        Foreseen words are heard at once, wherever they stand; what else sounds suspicious is judged, which costs a sentence vector.
        A fifth of a millisecond for a message without suspicion.
        """
        clean = normalise(text).text
        heard = self._emergencies.find(clean)
        model = self._model
        if heard is not None:
            return None if model is not None and self._plainly_none(text, clean, model) else heard
        if model is None or not by_likeness or _only_talk(clean):
            return None
        if _DENIES.search(clean):
            clean = text = _without_denials(clean)
        found = [
            (model.probability(said.words, vector) - sure, said, vector)
            for said, sure in self._suspicious(text, clean, model)
            for vector in self._embedder.encode([said.matter])
        ]
        if not found:
            return None
        margin, said, vector = max(found, key=lambda one: one[0])
        if margin < 0:
            return None
        which, _ = model.which(said.words, vector)
        return self._emergencies.named(which, clean, model.loudest(clean))

    def _plainly_none(self, text: str, clean: str, model: DangerModel) -> bool:
        """Whether a short message, which the model can take in whole, is none for all its words: 写小说呢，一个人煤气中毒以后….

        It says itself that it is fiction, over, or somebody's trick, and the model agrees; or the model is as sure as can be, and
        nothing says that it is now.
        """
        if len(clean) > TAKEN_IN:
            return False
        said = distil(text)
        likely = model.probability(said.words, self._embedder.encode([said.matter])[0])
        if likely < DOUBTED and _NOT_NOW.search(clean) is not None:
            return True
        return likely < HARMLESS and _NOW.search(clean) is None

    def may_be_danger(self, text: str) -> bool:
        """Whether ``text`` may report a danger: no vector, so cheap enough where messages are counted. Rather yes than no."""
        clean = normalise(text).text
        model = self._model
        return self._emergencies.find(clean) is not None or (
            model is not None and any(self._suspicious(text, clean, model))
        )

    def _suspicious(self, text: str, clean: str, model: DangerModel) -> list[tuple[Distilled, float]]:
        """The whole message, without its place too, and of a long one its loudest stretch, as far as their words are worth a vector.

        A danger at the end of a long complaint drowns in the rest, a short one in its address; the latter costs no further vector.
        Each comes with the probability from which it is an alarm.
        """
        whole = distil(text)
        sure = _sure_at(len(clean))
        without_place = max(sure, SURE_WITHOUT_PLACE)
        told = [(whole, sure)]
        if whole.matter != whole.words[:EMBEDDED]:
            told.append((Distilled(whole.matter, whole.matter), without_place))
        parts = [(said, sure) for said, sure in told if model.suspicion(said.words) >= SUSPICIOUS]
        if (broken := _BREAKS_OFF.search(clean)) and len(clean) - broken.end() >= LEAST_BEHIND:
            behind = clean[broken.end() :]
            if model.suspicion(behind) >= SUSPICIOUS:
                parts.append((Distilled(behind, essence(behind)), SURE))
        if len(clean) > LONG:
            stretch = max(_stretches(clean), key=model.suspicion)
            if model.suspicion(stretch) >= LOUD:
                parts.append((Distilled(stretch, essence(stretch)[:STRETCH]), SURE_OF_LONG))
        return parts


def _sure_at(length: int) -> float:
    """Probability from which a message of so many characters is an alarm."""
    if length > LONG:
        return SURE_OF_LONG
    return SURE_OF_RATHER_LONG if length > RATHER_LONG else SURE


def _only_talk(text: str) -> bool:
    """Whether ``text`` is about the conversation itself, or a word or two, of which no likeness to a danger may make one."""
    return (
        len(_HAN.findall(text)) <= A_WORD
        or (len(text) <= TAKEN_IN and _FOR_A_PERSON.fullmatch(text) is not None)
        or (len(text) <= _SAID_SOON and _OF_THE_TALK.search(text) is not None)
    )


def _without_denials(text: str) -> str:
    return "".join(clause for clause in _CLAUSE.split(text) if not _DENIES.search(clause))


def _stretches(text: str) -> list[str]:
    """Stretches of whole clauses, each about :data:`STRETCH` characters, the next one beginning a clause later."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    found = []
    for first in range(len(clauses)):
        stretch = ""
        for clause in clauses[first:]:
            if stretch and len(stretch) + len(clause) > STRETCH:
                break
            stretch += clause
        found.append(stretch[:STRETCH] if len(stretch) <= 2 * STRETCH else stretch[-STRETCH:])
    return found or [text[-STRETCH:]]
