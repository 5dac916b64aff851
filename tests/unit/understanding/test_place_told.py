"""Ways in which people tell a place, in one answer or in two: every part of it stays in the words kept."""

from __future__ import annotations

import pytest

from bot.understanding.place import answer_place, find_place, merge_places

# (what is said, all the words that must be kept, district)
ANSWERS = [
    # a road, a number, a shop
    ("西城区新街口南大街127号，一个卖卤煮的小店", "新街口南大街127号 一个卖卤煮的小店", "西城区"),
    ("新街口南大街127号庆丰包子铺", "新街口南大街127号庆丰包子铺", "西城区"),
    ("前门大街 全聚德 门口", "前门大街 全聚德 门口", "东城区"),
    ("木樨园桥 百荣世贸 三楼", "木樨园桥 百荣世贸 三楼", "丰台区"),
    ("鲁谷七星园南区 底商 老王烟酒", "七星园南区 底商 老王烟酒", "石景山区"),
    ("朝阳路36号停车场", "朝阳路36号停车场", "朝阳区"),
    # chains and their branches
    ("物美超市望京店门口", "物美超市望京店门口", "朝阳区"),
    ("永辉超市鲁谷店", "永辉超市鲁谷店", "石景山区"),
    # between stations, on a line, at an exit, on the way
    ("10号线劲松到潘家园之间", "10号线劲松到潘家园之间", "朝阳区"),
    ("地铁13号线霍营站和回龙观站中间的铁道边", "13号线霍营站和回龙观站中间的铁道边", "昌平区"),
    ("亦庄线次渠站", "亦庄线次渠站", "通州区"),
    ("房山线长阳站南口", "房山线长阳站南口", "房山区"),
    ("天通苑北地铁站B口出来往右", "天通苑北地铁站B口出来往右", "昌平区"),
    ("霍营地铁站出来过马路就是", "霍营地铁站出来过马路", "昌平区"),
    ("从草房站往东走，第二个红绿灯", "草房站往东走 第二个红绿灯", "朝阳区"),
    ("5号线天通苑站A2出口", "5号线天通苑站A2出口", "昌平区"),
    # opposite of, at the gate of
    ("工体北门正对着那条街", "工体北门正对着那条街", "朝阳区"),
    ("大钟寺物美马路对面", "大钟寺物美马路对面", "海淀区"),
    ("丰台五小正门", "五小正门", "丰台区"),
    ("陶然亭公园北门外", "陶然亭公园北门外", "西城区"),
    # a village and a spot in it
    ("朝阳区平房乡姚家园村，村口小卖部", "姚家园村 村口小卖部", "朝阳区"),
    ("怀柔渤海镇慕田峪村，长城停车场旁边", "慕田峪村 长城停车场旁边", "怀柔区"),
    ("昌平马池口镇北小营村，村东头水塔那儿", "北小营村 村东头水塔那儿", "昌平区"),
    ("嗯在通州 通州梨园镇梨园村 村东头那个沟", "梨园村 村东头那个沟", "通州区"),
    # a market, a hall, a stand
    ("八里桥市场里头，卖菜那个大棚", "八里桥市场里头 卖菜那个大棚", "通州区"),
    ("八里桥农产品市场 肉食厅 23号摊", "八里桥农产品市场 肉食厅 23号摊", "通州区"),
    ("岳各庄批发市场B座一楼", "岳各庄批发市场B座一楼", "丰台区"),
    # a bus stop and where the bus goes
    ("大兴富强东里那站 往黄村方向", "富强东里那站 往黄村方向", "大兴区"),
    ("马甸桥北公交站，出城方向", "马甸桥北公交站 出城方向", "西城区"),
    # ring roads, bridges, motorways
    ("东四环四惠桥", "东四环四惠桥", "朝阳区"),
    ("北五环肖家河桥由东向西", "北五环肖家河桥由东向西", "海淀区"),
    ("机场高速五元桥出口", "机场高速五元桥出口", "朝阳区"),
    ("京通快速高碑店出口", "京通快速高碑店出口", "朝阳区"),
    ("朝阳路和管庄路十字路口东北角那个工地", "朝阳路和管庄路十字路口东北角那个工地", "朝阳区"),
    # a lane and a number, numbers as they are spoken
    ("东城区东四十一条甲64号", "东四十一条甲64号", "东城区"),
    ("石佛营东里一百三十一号楼一门五号", "石佛营东里一百三十一号楼一门五号", "朝阳区"),
    ("天通西苑三区二十七号楼，十四层", "天通西苑三区二十七号楼 十四层", "昌平区"),
    # towers, basements, garages
    ("望京SOHO T3 地下二层停车场", "望京SOHO T3 地下二层停车场", "朝阳区"),
    ("合生汇地下三层停车场", "合生汇地下三层停车场", "朝阳区"),
    ("东直门来福士 负二层停车场", "东直门来福士 负二层停车场", "东城区"),
    ("凯德MALL西直门 B2层", "凯德MALL西直门 B2层", "西城区"),
    # the spot first, then where it is
    ("就在我们楼下那个丰巢柜边上，望京西园四区407楼", "望京西园四区407楼 楼下那个丰巢柜边上", "朝阳区"),
    ("门口，望京西园四区407楼", "望京西园四区407楼 门口", "朝阳区"),
    ("我家楼后头，海淀清河嘉园6号楼", "清河嘉园6号楼 楼后头", "海淀区"),
    # the coarser place in the clause before
    ("天宫院地铁站 融汇小区", "天宫院地铁站 融汇小区", "大兴区"),
    ("宋庄小堡村 画家村", "宋庄小堡村 画家村", "通州区"),
    ("三里河二区，国家发改委宿舍", "三里河二区 国家发改委宿舍", "西城区"),
    ("亦庄文化园西路 林肯公园B区", "文化园西路 林肯公园B区", "大兴区"),
    ("玉泉路地铁站 西南口", "玉泉路地铁站 西南口", "海淀区"),
    ("宜家望京店旁边", "宜家望京店旁边", "朝阳区"),
    # words before a name
    ("靠近望京西园四区", "望京西园四区", "朝阳区"),
    ("俺是密云果园西里的", "果园西里", "密云区"),
    ("我们东小口镇天通中苑的", "东小口镇天通中苑", "昌平区"),
]


@pytest.mark.parametrize(("said", "words", "district"), ANSWERS)
def test_every_part_of_an_answer_is_kept(said: str, words: str, district: str) -> None:
    place = answer_place(said)
    assert place is not None
    assert place.text is not None
    at = 0
    for part in words.split():
        assert part in place.text[at:]
        at = place.text.index(part, at) + len(part)
    assert place.district == district
    assert place.precision == "specific"


TURNS = [
    ("望京西园四区", "四零七楼二单元一零零二", "望京西园四区四零七楼二单元一零零二"),
    ("石佛营东里", "一百三十一楼一门五号", "石佛营东里一百三十一楼一门五号"),
    ("北苑家园清友园", "5-2-301", "北苑家园清友园5-2-301"),
    ("新发地市场", "水果区12号棚", "新发地市场水果区12号棚"),
    ("建外SOHO", "东区6号楼", "建外SOHO东区6号楼"),
    ("望京SOHO", "T3 B1层", "望京SOHO T3 B1层"),
    ("合生汇", "负三层", "合生汇负三层"),
    ("史家胡同", "五十九号", "史家胡同五十九号"),
    ("东三环", "国贸桥底下", "东三环国贸桥底下"),
    ("京藏高速", "回龙观出口", "京藏高速回龙观出口"),
    ("延庆张山营镇西大庄科村", "健身广场", "张山营镇西大庄科村健身广场"),
    ("大兴富强东里", "公交站往黄村方向", "富强东里公交站往黄村方向"),
    ("劲松地铁站", "D口", "劲松地铁站D口"),
    ("海淀中关村", "就那个家乐福对面", "中关村家乐福对面"),
    ("7号楼2单元", "望京西园四区", "望京西园四区7号楼2单元"),
]


@pytest.mark.parametrize(("first", "later", "words"), TURNS)
def test_every_part_of_two_answers_is_kept(first: str, later: str, words: str) -> None:
    merged = merge_places(answer_place(first), answer_place(later))
    assert merged is not None
    assert merged.text == words


@pytest.mark.parametrize(
    ("said", "street"),
    [
        ("通州 通州梨园镇梨园村 村东头那个沟", "梨园镇"),
        ("通州区，通州梨园镇梨园村停水", "梨园镇"),
        ("通州，在通州区梨园镇梨园村停水", "梨园镇"),
        ("梨园镇，梨园镇梨园村停水", "梨园镇"),
        ("海淀 海淀区 海淀街道 稻香园", "海淀街道"),
        ("大兴旧宫，旧宫新苑南区11号楼下头", "旧宫地区"),
        ("密云区溪翁庄镇，溪翁庄镇政府往北三百米", "溪翁庄镇"),
    ],
)
def test_a_name_said_twice_is_one(said: str, street: str) -> None:
    for place in (find_place(said), answer_place(said)):
        assert place is not None
        assert place.street == street
        assert not (place.text or "").startswith(("通州", "旧宫，"))


@pytest.mark.parametrize(
    "said", ["东四环四惠桥下环有个大坑", "东四环中路79号", "东四环堵死了", "亦庄线次渠站没电梯"]
)
def test_a_ring_road_or_a_line_is_no_part_of_town(said: str) -> None:
    place = find_place(said)
    assert place is None or place.street not in ("东四街道", "亦庄地区")
    assert place is None or place.district != "东城区"


@pytest.mark.parametrize(
    ("said", "name", "street"),
    [
        ("来广营地区天誉", "天誉", "来广营地区"),
        ("来广营地区，天誉", "天誉", "来广营地区"),
        ("来广营地区 天誉 5号楼", "天誉 5号楼", "来广营地区"),
        ("金地仰山", "金地仰山", None),
        ("就在金地仰山，3号楼2单元", "金地仰山，3号楼2单元", None),
        ("万科金隅", "万科金隅", None),
        ("保利海上五月花", "保利海上五月花", None),
        ("大兴区金地仰山", "金地仰山", None),
        ("龙湖好望山", "好望山", "牛栏山地区"),
        ("中海寰宇5号楼", "中海寰宇5号楼", None),
    ],
)
def test_an_unusual_name_answers_where(said: str, name: str, street: str | None) -> None:
    place = answer_place(said)
    assert place is not None
    assert name in (place.text or "")
    assert place.street == street


@pytest.mark.parametrize(
    "said",
    [
        "恒大烂尾",
        "恒大不退钱",
        "万科物业",
        "华润燃气",
        "绿地垃圾",
        "中铁施工",
        "中建工地噪音",
        "城建集团",
        "招商银行",
        "中建一局",
        "金隅水泥",
    ],
)
def test_a_developer_alone_is_no_estate(said: str) -> None:
    place = answer_place(said)
    assert place is None or place.community is None


@pytest.mark.parametrize(
    "matter",
    [
        "噪音",
        "停水",
        "谢谢",
        "老李",
        "你好",
        "非常吵",
        "居民",
        "水管",
        "快点",
        "井盖",
        "深夜",
        "路灯",
        "三天",
        "王姐",
    ],
)
def test_what_stands_behind_a_street_is_not_always_a_name(matter: str) -> None:
    place = answer_place(f"来广营地区，{matter}")
    assert place is not None
    assert place.text == "来广营地区"


@pytest.mark.parametrize("said", ["来广营地区工地噪音", "来广营地区，工地噪音", "来广营地区工地"])
def test_a_building_site_is_no_estate(said: str) -> None:
    place = answer_place(said)
    assert place is not None
    assert place.street == "来广营地区"
    assert place.community is None
    assert "噪音" not in (place.text or "")


@pytest.mark.parametrize(
    "beside",
    [
        "放音乐",
        "王建国",
        "老鼠多",
        "油烟",
        "噪音扰民",
        "小贩",
        "树枝",
        "饭馆",
        "老板姓李",
        "13900004111",
        "挖沟",
    ],
)
def test_what_is_told_beside_an_address_is_no_part_of_it(beside: str) -> None:
    for known in ("望京西园四区407楼", "朝阳路36号"):
        place = answer_place(f"{known}，{beside}")
        assert place is not None
        assert place.text == known


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "西城白纸坊街道里仁街5号楼，六层老楼，平均年龄七十多，想装电梯，一层两户死活不同意，街道能不能组织协商",
            "年龄",
        ),
        ("昌平龙泽园街道龙域中街校门口没有斑马线也没减速带，车开得飞快，建议加上", "飞快"),
        ("丰台看丹街道路口，那两天烧纸烧得满地黑印子，风一吹火星子乱飞，树坑都烧焦了", "火星子"),
        ("昨天晚上十点在东城北京站出站口打车", "打车"),
    ],
)
def test_what_happened_is_no_part_of_the_place(said: str, words: str) -> None:
    place = answer_place(said)
    assert place is not None
    assert words not in (place.text or "")


def test_a_numbered_community_goes_by_its_quarter() -> None:
    place = find_place("天通西苑三区停水")
    assert place is not None
    assert (place.district, place.street) == ("昌平区", "天通苑北街道")
    place = find_place("天通西苑停水")
    assert place is not None
    assert (place.district, place.street) == ("昌平区", None)


def test_a_drum_tower_street_is_not_in_the_county_of_that_name() -> None:
    place = answer_place("鼓楼外大街 27号院")
    assert place is not None
    assert place.district is None
