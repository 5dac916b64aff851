"""Where a case lies, as far as two cases need to be told to lie at the same place, without keeping the place in the open."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from bot.cases.draft import CaseDraft
from bot.storage.sealing import Vault

_PURPOSE = "place of a case"
_NUMERALS = str.maketrans("零〇一二三四五六七八九两", "001234567892")
_LONGEST = 80
"""Characters of a place that are read: what comes after is a story, and time must not grow with it."""
# Each run of digits is tried once, from its start, and never given back: time is linear in the length.
_BUILDING = re.compile(
    r"(?P<site>.*?)(?<![0-9a-z])(?P<building>[0-9a-z]++(?:号楼|栋|幢|座|#楼?|楼(?!上|下|道|里|顶|梯|门)))"
)
_FINER = re.compile(
    r"((?<![0-9])[0-9]++(单元|层|室|门)|[东南西北前后正]门|门口|楼道|楼下|楼上|[东南西北前后][侧边面]).*$"
)
_AROUND = re.compile(
    r"(?:小区内|旁边|附近|对面|门口|院内|院里|周围|这边|那边|一带|路段|路边|楼下|楼上|里面|的|里|内|边|旁|这|那|上)++$"
)
_ADMIN = re.compile(r"^(北京市?|[\u4e00-\u9fff]{1,6}?(街道|地区|镇|乡))")
_NOISE = re.compile(r"[\s，,。.、；;：:（）()\-—]")
_TEN = re.compile(r"(?<![0-9])十(?=[0-9])|(?<=[0-9])十(?=[0-9])|(?<=[0-9])十|十")
_KINDS = (
    "小区 居民区 家属院 大院 院子 社区 村子 村里 村口 村头 村委会 居委会 物业 街道 胡同 巷子 小巷 弄堂 "
    "路口 十字路口 丁字路口 红绿灯 马路 公路 大街 街上 路上 小路 辅路 主路 人行道 盲道 自行车道 机动车道 非机动车道 "
    "斑马线 大桥 天桥 过街天桥 人行天桥 立交桥 高架桥 桥下 地下通道 隧道 河道 河边 "
    "公交站 公交车站 公交站台 公交站牌 车站 地铁 地铁站 地铁口 火车站 汽车站 加油站 充电桩 充电站 "
    "停车场 地下停车场 车库 地下车库 车棚 菜市场 农贸市场 市场 早市 夜市 超市 便利店 商店 商场 商铺 购物中心 广场 小广场 "
    "饭店 饭馆 餐馆 餐厅 食堂 烧烤店 烧烤摊 小吃店 早餐店 药店 理发店 网吧 酒吧 棋牌室 健身房 宾馆 酒店 旅馆 银行 邮局 "
    "快递站 快递柜 驿站 工厂 厂子 公司 单位 学校 小学 中学 初中 高中 大学 幼儿园 托儿所 培训班 培训机构 "
    "医院 社区医院 卫生院 卫生站 诊所 养老院 派出所 公园 小公园 街心公园 绿地 绿化带 草坪 树林 "
    "工地 建筑工地 施工工地 施工现场 垃圾站 垃圾桶 垃圾箱 垃圾房 垃圾堆 公厕 公共厕所 厕所 "
    "居民楼 住宅楼 写字楼 办公楼 教学楼 宿舍 宿舍楼 单元楼 楼里 楼道 楼房 楼顶 楼上 楼下 电梯 电梯间 单元门 地下室 平房 "
    "邻居 隔壁 大门 大门口 正门 后门 侧门"
)
_POINTING = (
    "我们 我 咱们 咱 俺们 俺 他们 你们 自己 这个 这 那个 那 某个 某 本 该 1个 1家 1处 1所 1座 1条 1栋 个 家"
)
_JOINING = "的 有 在 和 里 内 里面 外面 旁边 旁 附近 周边 周围 对面 路边 街边 门口 门前"
_WORDS = [
    word.translate(_NUMERALS).replace("十", "10") for word in f"{_KINDS} {_POINTING} {_JOINING}".split(" ")
]
_GENERIC = re.compile(rf"(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})*+[口处前后边外]?")
"""What kind of place it is and nothing that names it: any two of a kind would be one place."""
LEAST = 3
"""Characters below which a name is too common to tell a place."""


@dataclass(frozen=True, slots=True)
class Site:
    """Keyed hashes of a place, 32 bytes each; None where the place was not said so finely.

    Attributes:
        site: District and estate, road or landmark.
        spot: The same with the building.
    """

    site: bytes | None
    spot: bytes | None


def site_of(draft: CaseDraft, vault: Vault) -> Site:
    """The hashes of a draft's place, under a key that only this installation has."""
    name, building = site_words(draft.place_text or "", draft.district, draft.street)
    if draft.district is None or len(name) < LEAST:
        return Site(None, None)
    key = vault.derive(_PURPOSE)
    site = hmac.digest(key, f"{draft.district}|{name}".encode(), "sha256")
    spot = hmac.digest(key, f"{draft.district}|{name}|{building}".encode(), "sha256") if building else None
    return Site(site, spot)


def site_words(text: str, district: str | None, street: str | None) -> tuple[str, str]:
    """The estate or road, and the building, in one way of writing; empty where not said, or where no name was said.

    Args:
        text: The citizen's words for the place; the first 80 characters are read.
        district: Official name; it and ``street`` are no part of the estate's name.
        street: Official name.
    """
    said = _NOISE.sub("", text[:_LONGEST]).lower().translate(_NUMERALS)
    said = _TEN.sub(_ten, said)
    for part in (district, street):
        plain = (part or "").translate(_NUMERALS)
        if plain:
            said = said.replace(plain, "", 1)
    said = _ADMIN.sub("", _ADMIN.sub("", said)) or said
    match = _BUILDING.match(said)
    if match is not None and len(match["site"]) >= LEAST - 1:
        name, building = match["site"], match["building"].rstrip("#楼号栋幢座")
    else:
        name, building = _FINER.sub("", said) or said, ""
    name = _AROUND.sub("", name)
    return ("", "") if _GENERIC.fullmatch(name) else (name, building)


def _ten(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    before = start > 0 and text[start - 1].isdigit()
    after = end < len(text) and text[end].isdigit()
    return "" if before and after else "0" if before else "1" if after else "10"
