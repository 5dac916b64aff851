"""Estates, houses and spots that no list has, told the way people tell them."""

from __future__ import annotations

import time

import pytest

from bot.understanding.place import Place, answer_place, find_place, merge_places


def told(*turns: str) -> Place:
    """What is known after answers to "where?" one after another."""
    known: Place | None = None
    for turn in turns:
        known = merge_places(known, answer_place(turn))
    assert known is not None
    return known


@pytest.mark.parametrize(
    ("said", "words", "district", "street"),
    [
        ("昌平区南邵镇，景和雅墅，15号楼前", "景和雅墅，15号楼前", "昌平区", "南邵镇"),
        ("通州区台湖镇，澜岸新筑", "澜岸新筑", "通州区", "台湖镇"),
        ("丰台区看丹街道，御景澜山", "御景澜山", "丰台区", "看丹街道"),
        ("延庆区永宁镇 嗯 就是 古城雅筑 十排三号", "古城雅筑 十排三号", "延庆区", "永宁镇"),
        ("密云区果园街道，檀溪小筑，12号楼楼下", "檀溪小筑，12号楼楼下", "密云区", "果园街道"),
        ("通州梨园镇合锦雅筑，6号楼底下", "合锦雅筑，6号楼底下", "通州区", "梨园镇"),
        ("海淀区西北旺镇，万科翡翠公馆，8号楼", "万科翡翠公馆，8号楼", "海淀区", "西北旺地区"),
        ("海淀区西北旺镇，中海天境", "中海天境", "海淀区", "西北旺地区"),
        ("房山区西潞街道，金域上郡一品", "金域上郡一品", "房山区", "西潞街道"),
        ("大兴区瀛海地区，中铁国际城", "中铁国际城", "大兴区", "瀛海地区"),
        ("丰台区花乡地区，熙悦天寰", "熙悦天寰", "丰台区", "花乡街道"),
        ("怀柔区庙城镇，红星农场", "红星农场", "怀柔区", "庙城地区"),
        ("朝阳区常营地区，炫特区", "炫特区", "朝阳区", "常营地区"),
        ("大兴区西红门镇，三村，五排六号", "五排六号", "大兴区", "西红门地区"),
        ("门头沟大峪街道 永泽佳苑 三号楼 六零一", "永泽佳苑 三号楼 六零一", "门头沟区", "大峪街道"),
        ("海淀区上庄镇，上庄家园南区，2-3-501", "上庄家园南区，2-3-501", "海淀区", "上庄地区"),
        ("房山长阳，金澜水郡", "金澜水郡", "房山区", "长阳镇"),
        ("通州台湖，首开缇香郡", "首开缇香郡", "通州区", "台湖镇"),
        ("朝阳区东坝，保利首府", "保利首府", "朝阳区", "东坝地区"),
        (
            "海淀区清河嘉园，东区2号楼楼下那个垃圾点",
            "清河嘉园，东区2号楼楼下那个垃圾点",
            "海淀区",
            "清河街道",
        ),
    ],
)
def test_an_estate_in_a_clause_of_its_own(said: str, words: str, district: str, street: str | None) -> None:
    place = answer_place(said)
    assert place is not None
    assert words in (place.text or "")
    assert (place.district, place.street, place.precision) == (district, street, "specific")


@pytest.mark.parametrize(
    "name",
    [
        "翠屿名邸",
        "御景澜山",
        "望澜国际",
        "枫林逸景",
        "檀溪小筑",
        "御河公馆",
        "云栖天境",
        "金隅丽港城",
        "壹号院",
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "就是{}", "我住{}", "那个小区叫{}", "就那个叫{}的小区", "住的是{}啊"]
)
def test_a_name_alone_answers_where(name: str, around: str) -> None:
    place = answer_place(around.format(name))
    assert place is not None
    assert (place.text, place.precision) == (name, "specific")


def test_a_name_its_district_and_its_house_in_three_turns() -> None:
    place = told("翠屿名邸", "朝阳的 东坝地区", "四号楼三单元五零二")
    assert (place.district, place.street) == ("朝阳区", "东坝地区")
    assert place.text == "翠屿名邸四号楼三单元五零二"


@pytest.mark.parametrize(
    ("turns", "words", "district", "street"),
    [
        (
            ("裕民大街跟火沙路交叉口往北一点", "顺义后沙峪地区"),
            "裕民大街跟火沙路交叉口往北一点",
            "顺义区",
            "后沙峪地区",
        ),
        (
            ("右安门内大街和白纸坊西街路口，东北角", "西城区，归白纸坊街道"),
            "右安门内大街和白纸坊西街路口东北角",
            "西城区",
            "白纸坊街道",
        ),
        (("老供销社旁边", "延庆永宁镇"), "老供销社旁边", "延庆区", "永宁镇"),
        (("云栖澜庭3号楼", "在房山区"), "云栖澜庭3号楼", "房山区", None),
    ],
)
def test_an_office_told_later_is_no_part_of_the_spot(
    turns: tuple[str, ...], words: str, district: str, street: str | None
) -> None:
    place = told(*turns)
    assert (place.text, place.district, place.street) == (words, district, street)


@pytest.mark.parametrize(
    ("said", "words", "district", "street"),
    [
        ("1102，2单元，7号楼，云栖澜庭，长阳镇，房山", "长阳镇云栖澜庭7号楼2单元1102", "房山区", "长阳镇"),
        (
            "502室，3单元，12号楼，翠屿名邸，东坝地区，朝阳区的",
            "东坝地区翠屿名邸12号楼3单元502室",
            "朝阳区",
            "东坝地区",
        ),
        ("3号楼 澜岸新筑 台湖镇 通州区", "台湖镇澜岸新筑3号楼", "通州区", "台湖镇"),
    ],
)
def test_an_address_from_the_room_outwards(said: str, words: str, district: str, street: str) -> None:
    for place in (answer_place(said), find_place(said)):
        assert place is not None
        assert (place.text, place.district, place.street) == (words, district, street)
        assert place.precision == "specific"
        assert said[slice(*place.span)] == said.removesuffix("的")


@pytest.mark.parametrize(
    ("said", "words", "district", "street"),
    [
        (
            "我住海淀区田村路街道乐府西园十一号楼我们这儿从昨天上午十点就停水了",
            "乐府西园十一号楼",
            "海淀区",
            "田村路街道",
        ),
        ("昌平区霍营街道枫林逸景5号楼没暖气", "枫林逸景5号楼", "昌平区", "霍营街道"),
        ("我家住昌平区南邵镇景和雅墅15号楼，物业把树给锯了", "景和雅墅15号楼", "昌平区", "南邵镇"),
        ("昌平区南邵镇，景和雅墅，15号楼前的树被锯了", "景和雅墅，15号楼前", "昌平区", "南邵镇"),
        (
            "您好我在朝阳区东坝地区翠屿名邸四号楼三单元五零二暖气不热",
            "翠屿名邸四号楼三单元五零二",
            "朝阳区",
            "东坝地区",
        ),
        ("通州区台湖镇，澜岸新筑，小区路灯不亮", "澜岸新筑", "通州区", "台湖镇"),
        ("延庆区永宁镇 嗯 就是 古城雅筑 十排三号", "古城雅筑 十排三号", "延庆区", "永宁镇"),
        ("我爸妈住饶乐府村，村口的路灯也不亮了，房山城关街道的", "饶乐府村，村口", "房山区", "城关街道"),
        (
            "接着说刚才装修的事，也是东花市北里西区5号楼，在402",
            "东花市北里西区5号楼，在402",
            "东城区",
            "东花市街道",
        ),
        (
            "东城区和平里街道那个安德路社区那个21号楼4单元",
            "安德路社区那个21号楼4单元",
            "东城区",
            "和平里街道",
        ),
        ("海淀区苏家坨镇，前沙涧村，门口那条路塌了", "前沙涧村", "海淀区", "苏家坨地区"),
    ],
)
def test_an_estate_in_a_whole_complaint(said: str, words: str, district: str, street: str) -> None:
    place = find_place(said)
    assert place is not None
    assert words in (place.text or "")
    assert (place.district, place.street, place.precision) == (district, street, "specific")


@pytest.mark.parametrize(
    ("said", "words", "district"),
    [
        ("地铁草桥站C口往东200米有个坑", "草桥站C口往东200米", "丰台区"),
        ("地铁10号线草桥站C口往东二百米", "草桥站C口往东二百米", "丰台区"),
        ("密云区溪翁庄镇，溪翁庄镇政府往北三百米路西灯杆歪了", "溪翁庄镇政府往北三百米路西", "密云区"),
    ],
)
def test_so_far_from_a_spot(said: str, words: str, district: str) -> None:
    place = find_place(said)
    assert place is not None
    assert (place.text, place.district, place.road) == (words, district, None)


@pytest.mark.parametrize(
    ("first", "later", "words"),
    [
        ("朝阳区劲松五区三号楼", "五号楼", "劲松五区五号楼"),
        ("朝阳区劲松五区三号楼", "是五号楼", "劲松五区五号楼"),
        ("朝阳区劲松五区三号楼2单元", "5号楼", "劲松五区5号楼2单元"),
        ("朝阳区劲松五区三号楼2单元301", "5号楼3单元", "劲松五区5号楼3单元"),
        ("朝阳区劲松五区三号楼2单元", "3单元", "劲松五区三号楼3单元"),
        ("朝阳区劲松五区三号楼", "2单元", "劲松五区三号楼2单元"),
        ("朝阳区劲松五区", "三号楼", "劲松五区三号楼"),
    ],
)
def test_another_house_takes_the_place_of_the_first(first: str, later: str, words: str) -> None:
    assert told(first, later).text == words


@pytest.mark.parametrize(
    ("turns", "words", "street"),
    [
        (("7号楼", "云栖澜庭", "房山区长阳镇"), "云栖澜庭7号楼", "长阳镇"),
        (("朝阳区", "翠屿名邸", "4号楼", "3单元502"), "翠屿名邸4号楼3单元502", None),
        (("海淀区", "清河", "橡树湾二期", "3号楼"), "清河橡树湾二期3号楼", "清河街道"),
        (("村口", "大葛庄", "马驹桥的", "通州"), "马驹桥大葛庄村口", "马驹桥镇"),
        (("回龙观", "龙博苑二区", "6号楼"), "回龙观龙博苑二区6号楼", "回龙观街道"),
        (("我们小区", "翠屿名邸", "朝阳东坝"), "东坝翠屿名邸", "东坝地区"),
    ],
)
def test_a_place_told_in_pieces_reads_from_the_street_to_the_house(
    turns: tuple[str, ...], words: str, street: str | None
) -> None:
    place = told(*turns)
    assert (place.text, place.street) == (words, street)


@pytest.mark.parametrize(
    "said",
    [
        "不知道", "忘了", "昨天晚上", "就这", "没有", "你管呢", "物业不管", "我不想说", "为什么问这个", "匿名", "保密",
        "我叫王建国", "王建国", "李梅", "没拴", "追我闺女", "没咬着", "不是着火", "没困人", "拖桌子 拍球", "路灯坏了", "噪音",
        "电动车充电", "夜间施工", "停水停电", "暖气不热", "物业", "邻居", "好孩子", "烦死了", "赶紧的", "快点吧", "国庆节",
        "烧烤摊", "广场舞", "业主群里", "一股臭味", "工资没发", "太吵", "心情郁闷", "难受死我了", "138 0000 3101",
        "老是这样", "天天如此", "上礼拜五", "三天了", "楼上邻居", "乱收费", "售后服务", "售楼处骗人", "小区叫什么我忘了",
    ],
)  # fmt: skip
def test_what_is_no_name(said: str) -> None:
    assert answer_place(said) is None


@pytest.mark.parametrize(
    "beside",
    [
        "王建国", "匿名", "停水", "暖气不热", "昨天晚上", "谢谢", "路灯不亮", "噪音扰民", "邻居装修", "老人摔了", "麻烦快点",
        "不想留电话", "垃圾成堆", "油烟呛人", "违建", "我姓王", "烧烤摊", "流浪狗", "停车费涨价", "物业不作为",
        "半夜施工", "李师傅", "13800003101", "气死我了", "孩子没学上", "急", "麻烦处理一下", "电梯故障",
    ],
)  # fmt: skip
def test_what_is_no_part_of_the_place(beside: str) -> None:
    for place in (answer_place(f"朝阳区望京街道，{beside}"), find_place(f"朝阳区望京街道，{beside}")):
        assert place is not None
        assert (place.text, place.district, place.street) == ("望京街道", "朝阳区", "望京街道")


@pytest.mark.parametrize("said", ["三号楼停水了", "物业让我们去5号楼交费", "电梯老坏", "枫林里有狗叫"])
def test_free_text_is_read_more_strictly(said: str) -> None:
    place = find_place(said)
    assert place is None or place.precision == "vague"


def test_a_town_hall_is_no_estate() -> None:
    place = find_place("密云区溪翁庄镇，溪翁庄镇政府旁边那个家属院9号楼")
    assert place is not None
    assert place.community is None
    assert place.text == "溪翁庄镇政府旁边那个家属院9号楼"


def test_a_thousand_numbers_are_read_in_no_time() -> None:
    begun = time.process_time()
    answer_place(f"{'1号' * 1000}，朝阳区")
    assert time.process_time() - begun < 5
