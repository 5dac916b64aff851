"""The kind of a request: 咨询 求助 投诉 举报 建议 表扬, learnt from wording and from what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.catalogue import Catalogue
from bot.understanding.model import KINDS

_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"请问|想问|问一?下|问下|咨询|了解一下|打听",
        r"(?:吗|呢|么|吧)?[？?]\s*$",
        r"怎么(?:办理|办|申请|弄|补|开|交|查|领|算|报|预约|投诉|举报)|(?:要|需要)(?:什么|啥|哪些)(?:材料|条件|手续)|多少(?:钱|分|度|天|岁)?|几号|什么时候(?:能|开|停|通|办)|(?:去|到|上)哪(?:里|儿)?(?:办|补|开|交|申请|公证|上|领|改)|还能(?:办|不能)|有资格|可以.{0,8}(?:吗|么)|要不要|算不算|能不能(?:办|用|领|退休)",
        r"建议|希望(?:能|政府|有关|相关)?(?:增|加|设|改|建|开|延|装|恢复|考虑)|应该(?:增|加|设)|提个(?:意见|建议)|能不能(?:加|增|延|开|装|挪|改|设|把[^，。]{0,8}(?:加|改|延))|能否(?:增|加|设|改)|建议(?:加|增)|增设|要是能",
        r"表扬|感谢|点(?:个)?赞|锦旗|真是?谢谢|太好了|好人好事|为.{0,10}点赞|特别(?:负责|热心)",
        r"匿名|保密|举报|别说是我|别透露|怕报复",
        r"无证|没证|没有证|无照|违规|违法|偷|私自|假冒|假货|没手续|有手续吗|谁批的|没有任何|涉嫌|非法|黑作坊|犯法|造假",
        r"我看见|看见|看到|亲眼|拍了|录像|视频|照片|拍下来|有人",
        r"快来|救|求(?!助)|帮帮|帮忙|急|怎么办|咋办|赶紧(?:来|修)|快叫人|麻烦(?:来|派|给)|能来|派人|给修|修修",
        r"投诉|凭什么|凭啥|踢皮球|没人管|不退|态度|糊弄|推诿|太差|不作为|要个说法|没用|拖着|不认账|忽悠|骗",
        r"坏了|不亮|漏|停(?:水|电|气|暖)|没(?:水|电|气)|堵了|断了|倒了|塌|掉",
        r"退(?:款|费|钱|卡|押金|定金)|赔|要求|不给退|不退",
        r"我家|我妈|我爸|我儿子|我女儿|我老公|我们家|孩子",
        r"邻居|老板|店|公司|工地|厂|摊|司机|房东|物业",
        r"能不能|能否|可不可以",
        r"街道|地区|镇|乡|号楼|附近|路口|号院|小区",
        r"[？?]",
        r"刚刚|刚才|现在|突然|今天|上午|下午|今早",
        r"危险|吓|怕|伤|摔|别冻|老人|救命|出大事",
        r"没证|过期|偷|赌|假|骗|黑|匿名|私",
        r"不给|不退|不管|说.{0,6}(?:让|是)|踢|推|没人|拖|一直|三次|几次",
    )
)


_PRAISE = re.compile(
    r"表扬|点个?赞|锦旗|感谢(?:信|一下)?(?=[^。]{0,20}(?:师傅|同志|社区|民警|护士|医生|老师|小[\u4e00-\u9fa5]|工作人员))|真是?谢谢"
)
_SECRET = re.compile(
    r"匿名|举报(?!电话|热线|过|无门|没用)|别说是我|(?:别|不要|先别)[^，。]{0,3}(?:透露|让[^，。]{1,6}知道)|怕(?:被)?报复|不敢留名"
)
_SUGGESTS = re.compile(
    r"(?:^|[，。！、；])(?:我|我们|强烈)?(?:想|要)?(?:提个?)?建议|能不能(?:加|增|开个|开一|挪|延长|提前|装个?(?!基站)|建|设|把[^，。]{1,10}(?:加到|改成|延长|开放))|能否(?:增|加|设|建|延)|(?:希望|请求)(?:能|可以)?(?:增设|增加|加装|加一|延长|建一)"
)
_ASKS = re.compile(
    r"^(?:你好|您好|喂|在吗)?[，,。！ ]*(?:请问|想问一?下|问一?下|咨询一?下|想咨询|问下|我想(?:问|咨询|了解))|怎么(?:申请|办理?|报名|补办|领|算|查询|预约)(?:[？?。，]|$|的|啊|呢|，)|(?:要|需要)(?:准备)?(?:什么|啥|哪些)(?:材料|条件|手续)|还有[^，。]{1,8}资格吗|能退休吗|去哪(?:里|儿)?(?:公证|补|申请|办|上)|(?:处理|办)到哪"
)


class KindModel:
    """Logistic regression over wordings and the usual kind of the likely leaves."""

    def __init__(self, usual: NDArray[np.float32], model: LogisticRegression) -> None:
        self._usual = usual
        self._coefficients = model.coef_.astype(np.float32)
        self._intercept = model.intercept_.astype(np.float32)
        self._classes = tuple(int(number) for number in model.classes_)

    @classmethod
    def train(
        cls,
        catalogue: Catalogue,
        texts: Sequence[str],
        leaf_probabilities: NDArray[np.float32],
        kinds: Sequence[str],
    ) -> KindModel:
        """Learn from texts, the probabilities of their leaves (held out!), and their true kinds."""
        usual = usual_kinds(catalogue)
        features = np.stack(
            [_features(text, row @ usual) for text, row in zip(texts, leaf_probabilities, strict=True)]
        )
        model = LogisticRegression(C=0.3, max_iter=2000)
        model.fit(features, [KINDS.index(kind) for kind in kinds])
        return cls(usual, model)

    def predict(self, text: str, leaf_probabilities: NDArray[np.float32]) -> str:
        """The kind of a text, given how likely each leaf is."""
        plain = _plainly(text)
        if plain is not None:
            return plain
        values = self._coefficients @ _features(text, leaf_probabilities @ self._usual) + self._intercept
        return KINDS[self._classes[int(values.argmax())]]


def _plainly(text: str) -> str | None:
    """The kind where the speaker names it: thanks, a report that asks for secrecy, a suggestion in so many words."""
    if _PRAISE.search(text):
        return "表扬"
    if _SECRET.search(text):
        return "举报"
    if _ASKS.search(text):
        return "咨询"
    if _SUGGESTS.search(text):
        return "建议"
    return None


def kind_by_words(text: str) -> str:
    """The kind by wording alone, for when the matter is not known: a question is 咨询, else 投诉."""
    if _SIGNS[4].search(text):
        return "表扬"
    if _SIGNS[5].search(text):
        return "举报"
    if _SIGNS[0].search(text) or (_SIGNS[2].search(text) and _SIGNS[1].search(text)):
        return "咨询"
    if _SIGNS[3].search(text):
        return "建议"
    if _SIGNS[8].search(text):
        return "求助"
    return "投诉"


def usual_kinds(catalogue: Catalogue) -> NDArray[np.float32]:
    """How usual each kind is for each leaf, shape ``(leaves, 6)``: its own column, else the order of its hints."""
    table = np.zeros((len(catalogue.leaves), len(KINDS)), dtype=np.float32)
    for row, leaf in enumerate(catalogue.leaves):
        for rank, kind in enumerate(leaf.kind_hints):
            table[row, KINDS.index(kind)] = (1.0, 0.4, 0.2)[min(rank, 2)]
        usual = catalogue.usual_kind.get(leaf.code)
        if usual:
            table[row] *= 0.3
            table[row, KINDS.index(usual)] = 1.0
    return table


def _features(text: str, usual: NDArray[np.float32]) -> NDArray[np.float32]:
    signs = [1.0 if sign.search(text) else 0.0 for sign in _SIGNS]
    return np.array([*(usual * 3.0), *signs, min(len(text), 150) / 100], dtype=np.float32)
