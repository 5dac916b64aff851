"""Build ``syllables.tsv``, the readings of Chinese characters; a development tool, never run by the product.

Source: PyPI ``pypinyin`` (MIT). The speech process reads the small table instead of pypinyin, which takes 58 MB.

Usage, from the project's folder::

    python content/speech/build.py --out content/speech
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pypinyin import Style, pinyin

READINGS = 3
"""The most readings of one character that are kept."""
SEVERAL = frozenset(
    "长重行得着了还都发数没地为乐种调传弹当倒干给更好号和会假间将教结解尽据卷空落量率蒙模难宁炮铺奇强切曲散色扇舍省盛石似"
    "提挑同吐系吓相校兴削血压要应与载扎占炸涨朝折正只中转钻作卡晃薄藏差场处创答大担挡分服缝盖观冠划几夹角降觉看可圈塞扫少"
    "什识宿弯咽仔单厦尾沈车查乘澄巷堡柏番便屏暴曝参称冲臭畜攒打待得斗度恶坊供骨过哈喝横哄华缴禁劲圈嚼壳勒累俩淋笼露绿论"
    "抹磨泊泡喷劈片漂撇仆迫翘亲雀任撒丧刹杀煞煽折属说缩遂踏帖通驮瓦呜鲜巷旋学熨轧殷饮佣予晕脏择粘轴属爪侧侥伺剥嚷埋"
)
"""Characters that citizens say in more than one way; the rare readings of all others only make noise."""


def common_characters() -> list[str]:
    """The 6,763 characters of GB 2312, which hold all that a recogniser with simplified output writes."""
    found = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.append(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def characters_of_names(folder: Path) -> list[str]:
    """The characters of the city's names that stand in no list of common ones: 漷县镇, 泃河."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.csv")))
    return sorted({character for character in text if "\u4e00" <= character <= "\u9fff"})


def readings(character: str) -> list[str]:
    """The toneless readings of a character, the commonest first."""
    sounds = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    plain = [sound for sound in dict.fromkeys(sounds) if sound.isascii() and sound.isalpha()]
    return plain[: READINGS if character in SEVERAL else 1]


def main() -> None:
    """Write the table into the folder that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    folder: Path = parser.parse_args().out
    table: dict[str, dict[int, str]] = {}
    gazetteer = Path(__file__).resolve().parent.parent / "gazetteer"
    for character in dict.fromkeys([*common_characters(), *characters_of_names(gazetteer)]):
        for rank, sound in enumerate(readings(character)):
            by_rank = table.setdefault(sound, {})
            by_rank[rank] = by_rank.get(rank, "") + character
    lines = ["syllable\tfirst\tsecond\tthird"]
    for sound in sorted(table):
        lines.append("\t".join([sound, *(table[sound].get(rank, "") for rank in range(READINGS))]))
    (folder / "syllables.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
