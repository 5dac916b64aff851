"""What a citizen or clerk sees of places: the words that name it, district, street, and what is still open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ContentError
from bot.settings import PROJECT
from bot.understanding.evaluation.place import character_f1, evaluate_file
from bot.understanding.gazetteer import Gazetteer
from bot.understanding.place import answer_place, find_place, merge_places, same_office

FULL = [
    ("朝阳区劲松街道农光里207楼3单元暖气不热", "劲松街道农光里207楼3单元", "朝阳区", "劲松街道"),
    (
        "我住在海淀区花园路街道塔院小区晴波园5号楼，电梯坏了三天",
        "花园路街道塔院小区晴波园5号楼",
        "海淀区",
        "花园路街道",
    ),
    ("你好 我在大兴区旧宫镇德茂小区 2号楼 没水了", "旧宫镇德茂小区 2号楼", "大兴区", "旧宫地区"),
    ("门头沟区龙泉镇三家店村的垃圾没人清", "龙泉镇三家店村", "门头沟区", "龙泉地区"),
    ("石景山区八角街道 杨庄北区 6栋 电梯故障", "杨庄北区 6栋", "石景山区", "八角街道"),
    ("怀柔区怀北镇河防口村路灯不亮", "怀北镇河防口村", "怀柔区", "怀北镇"),
    ("平谷区马昌营镇毛官营村东头有人烧秸秆", "马昌营镇毛官营村东头", "平谷区", "马昌营镇"),
    ("延庆区八达岭镇石峡村民宿污水", "八达岭镇石峡村", "延庆区", "八达岭镇"),
    (
        "大兴区西红门镇鸿坤理想城礼域府8号楼一单元",
        "西红门镇鸿坤理想城礼域府8号楼一单元",
        "大兴区",
        "西红门地区",
    ),
    ("北京市丰台区方庄芳群园一区5号楼", "方庄芳群园一区5号楼", "丰台区", "方庄街道"),
    ("東城區東直門街道清水苑2號樓停電", "東直門街道清水苑2號樓", "东城区", "东直门街道"),
    ("朝阳区　望京街道　望京花园１０５号楼", "望京花园１０５号楼", "朝阳区", "望京街道"),
]


@pytest.mark.parametrize(("said", "words", "district", "street"), FULL)
def test_full_address(said: str, words: str, district: str, street: str) -> None:
    place = find_place(said)
    assert place is not None
    assert (place.text, place.district, place.street) == (words, district, street)
    assert said[slice(*place.span)] == words
    assert place.district_source == "said"


@pytest.mark.parametrize(
    ("said", "words", "district"),
    [
        ("西二旗大街和软件园路交叉口红绿灯坏了", "西二旗大街和软件园路交叉口", "海淀区"),
        ("五道口地铁站A口黑车扎堆", "五道口地铁站A口", "海淀区"),
        ("西城区德胜门外大街新风街2号院3号楼", "德胜门外大街新风街2号院3号楼", "西城区"),
        ("大望路地铁站附近的一家火锅店吃坏肚子", "大望路地铁站附近的一家火锅店", "朝阳区"),
        ("牛街清真寺对面的超市卖过期肉", "牛街清真寺对面的超市", "西城区"),
        ("亮马桥路燕莎桥下积水", "亮马桥路燕莎桥下", "朝阳区"),
        ("北京站附近黑车多", "北京站附近", "东城区"),
        ("海淀区清华东路西口的报刊亭占道", "清华东路西口", "海淀区"),
        ("东直门外大街的公交站牌倒了", "东直门外大街", "东城区"),
    ],
)
def test_roads_crossings_and_stations_give_the_district_only(said: str, words: str, district: str) -> None:
    place = find_place(said)
    assert place is not None
    assert (place.text, place.district, place.street) == (words, district, None)


def test_an_estate_of_the_gazetteer_gives_district_and_street() -> None:
    place = find_place("我们农光里中社区的快递柜没电了")
    assert place is not None
    assert (place.district, place.street, place.street_source) == ("朝阳区", "劲松街道", "inferred")


def test_a_short_name_alone_does_not_settle_the_street() -> None:
    place = find_place("昌平回龙观那边一家理发店跑路了")
    assert place is not None
    assert place.district == "昌平区"
    assert place.street is None
    assert ("昌平区", "回龙观街道") in place.candidates
    assert place.precision == "vague"


def test_one_street_name_in_two_districts_is_asked_back() -> None:
    place = find_place("八里庄街道的菜市场太脏")
    assert place is not None
    assert place.district is None
    assert place.street_source == "ambiguous"
    assert {district for district, _ in place.candidates} == {"朝阳区", "海淀区"}
    settled = merge_places(place, answer_place("海淀区"))
    assert settled is not None
    assert (settled.district, settled.street) == ("海淀区", "八里庄街道")


def test_a_contradiction_is_kept_open() -> None:
    place = find_place("海淀区望京街道花家地小区停水")
    assert place is not None
    assert (place.district, place.district_source, place.street) == ("海淀区", "ambiguous", None)


def test_where_one_lives_wins_over_where_one_works() -> None:
    place = find_place("我在国贸上班，家住通州梨园镇翠屏北里9号楼，最近停气")
    assert place is not None
    assert (place.text, place.district, place.street) == ("梨园镇翠屏北里9号楼", "通州区", "梨园镇")


def test_the_district_may_follow_at_the_end() -> None:
    place = find_place("槐柏苑3号楼的门禁坏了，西城区的，谢谢")
    assert place is not None
    assert (place.text, place.district) == ("槐柏苑3号楼", "西城区")


def test_a_registered_home_is_not_the_place() -> None:
    place = find_place("我户口在桥梓镇，想问顺义这边怎么办残疾证")
    assert place is not None
    assert (place.text, place.district) == (None, "顺义区")


def test_a_slip_in_the_streets_name_is_heard() -> None:
    place = find_place("朝阳区望景街道南湖中园210楼没暖气")
    assert place is not None
    assert (place.district, place.street, place.street_source) == ("朝阳区", "望京街道", "inferred")


@pytest.mark.parametrize(
    "said",
    ["楼上装修太吵了", "暖气费什么时候交", "在吗", "", "🙏🙏", "你们电话怎么老打不通", "身份证丢了去哪补办"],
)
def test_no_place(said: str) -> None:
    assert find_place(said) is None


@pytest.mark.parametrize(
    "said",
    ["我在上海浦东新区，张杨路噪音大", "河北燕郊的小区停水了你们管吗", "我老家在湖南长沙，村里修路占地"],
)
def test_other_cities_are_recognised(said: str) -> None:
    place = find_place(said)
    assert place is not None
    assert place.elsewhere
    assert place.district is None


@pytest.mark.parametrize(
    ("said", "district"),
    [("房山河北镇檀木港村的路塌了", "房山区"), ("我是河南人，在丰台区大红门打工，老板不发工资", "丰台区")],
)
def test_names_of_provinces_inside_the_city(said: str, district: str) -> None:
    place = find_place(said)
    assert place is not None
    assert not place.elsewhere
    assert place.district == district


@pytest.mark.parametrize(
    ("said", "precision"),
    [
        ("丰台区南苑街道", "area"),
        ("海淀一家健身房跑路了", "vague"),
        ("我们小区停水了", "vague"),
        ("西城区陶然亭街道黑窑厂街12号院", "specific"),
    ],
)
def test_precision(said: str, precision: str) -> None:
    place = find_place(said)
    assert place is not None
    assert place.precision == precision


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("3号院", "3号院"),
        ("地址是朝阳区劲松街道农光里207楼，麻烦了", "劲松街道农光里207楼"),
        ("在北京南站旁边的麦当劳", "北京南站旁边的麦当劳"),
        ("不是3号楼，是5号楼", "5号楼"),
        ("就在望京那边", "望京那边"),
        ("就我家楼下", "就我家楼下"),
    ],
)
def test_answers(said: str, words: str) -> None:
    place = answer_place(said)
    assert place is not None
    assert place.text == words
    assert said[slice(*place.span)] == words


@pytest.mark.parametrize(
    "said", ["不知道", "你好", "是的", "不方便说", "刚才不是说过了吗", "13900010001", "？", "", "转人工"]
)
def test_not_an_answer(said: str) -> None:
    assert answer_place(said) is None


@pytest.mark.parametrize(
    ("turns", "words", "district", "street"),
    [
        (("朝阳区劲松街道", "百环家园5号楼"), "劲松街道百环家园5号楼", "朝阳区", "劲松街道"),
        (
            ("朝阳区劲松街道百环家园5号楼", "2单元1103"),
            "劲松街道百环家园5号楼2单元1103",
            "朝阳区",
            "劲松街道",
        ),
        (
            ("海淀区上地街道树村西街3号楼", "不是3号楼，是5号楼"),
            "上地街道树村西街5号楼",
            "海淀区",
            "上地街道",
        ),
        (("我们小区", "丰台区马家堡街道时代风帆小区"), "马家堡街道时代风帆小区", "丰台区", "马家堡街道"),
        (("朝阳区八里庄街道", "不是朝阳，是海淀区八里庄街道"), "八里庄街道", "海淀区", "八里庄街道"),
        (("大兴", "黄村镇"), "黄村镇", "大兴区", "黄村地区"),
    ],
)
def test_turns_refine_and_correct(turns: tuple[str, ...], words: str, district: str, street: str) -> None:
    known = None
    for turn in turns:
        known = merge_places(known, answer_place(turn))
    assert known is not None
    assert (known.text, known.district, known.street) == (words, district, street)


def test_nothing_new_keeps_what_is_known() -> None:
    known = find_place("朝阳区劲松街道农光里207楼")
    assert merge_places(known, None) is known
    assert merge_places(None, known) is known


def test_a_wrong_row_in_the_gazetteer_is_named(tmp_path: object) -> None:
    from pathlib import Path
    from shutil import copytree

    folder = Path(str(tmp_path)) / "gazetteer"
    copytree(PROJECT / "content" / "gazetteer", folder)
    with (folder / "landmarks.csv").open("a", encoding="utf-8") as file:
        file.write("某公园,park,没有区,\n")
    with pytest.raises(ContentError, match="某公园"):
        Gazetteer(folder)


def test_character_f1() -> None:
    assert character_f1(None, None) == 1.0
    assert character_f1("甲乙", None) == 0.0
    assert character_f1("甲乙丙丁", "甲乙") == pytest.approx(2 / 3)


def test_the_development_set_stays_as_good_as_it_was() -> None:
    gold = PROJECT.parent / "shared" / "data" / "catalogue" / "complaints_dev.jsonl"
    if not gold.exists():
        pytest.skip(f"no development complaints at {gold.name} beside the project")
    scores = evaluate_file(gold)
    assert scores.district >= 0.97
    assert scores.street >= 0.95
    assert scores.text_f1 >= 0.92
    assert scores.text_exact >= 0.8


@pytest.mark.parametrize(
    ("heard", "words", "district"),
    [
        ("喂你好我家住回笼观龙腾苑六区三号楼没有暖气", "回笼观龙腾苑六区三号楼", "昌平区"),
        ("海定区中关村街道科育小区", "中关村街道科育小区", "海淀区"),
        ("我家在黑桩户那边没有公交", "黑桩户那边", "朝阳区"),
    ],
)
def test_a_misheard_name_is_understood_and_quoted_as_it_was_heard(
    heard: str, words: str, district: str
) -> None:
    place = find_place(heard)
    assert place is not None
    assert (place.text, place.district, place.district_source) == (words, district, "inferred")


@given(st.text(st.sampled_from("朝阳区望京街道海淀,。 的在我3号楼路里村院A1一家旁边🙏"), max_size=30))
def test_what_is_quoted_was_really_typed(said: str) -> None:
    """An answer told in pieces is quoted without what stands between them; nothing is added, and the order is kept."""
    found = find_place(said)
    if found is not None and found.text is not None:
        assert said[slice(*found.span)] == found.text
    answered = answer_place(said)
    if answered is not None and answered.text is not None:
        typed = iter(said[slice(*answered.span)])
        assert all(character in typed for character in answered.text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("房山区拱辰街道悦都小区6号楼楼上漏水", "拱辰街道悦都小区6号楼"),
        ("通州区梨园镇名都园3号楼没暖气", "梨园镇名都园3号楼"),
        ("海淀区甘家口街道增光路的路灯三天没亮", "甘家口街道增光路"),
        ("海淀区甘家口街道增光路的路面裂了", "甘家口街道增光路"),
        ("丰台区西罗园街道洋桥西里的楼梯扶手松了", "西罗园街道洋桥西里"),
        ("丰台区西罗园街道洋桥西里的楼上总砸地板", "西罗园街道洋桥西里"),
        ("东城区和平里街道兴化东里的井盖被偷了", "和平里街道兴化东里"),
        ("石景山区鲁谷街道重聚园小区路灯坏了", "鲁谷街道重聚园小区"),
        ("顺义区石园街道五里仓小区村民来卖菜把门堵死", "石园街道五里仓小区"),
        ("大兴区林校路街道兴水家园家里没水", "林校路街道兴水家园"),
        ("昌平区城南街道昌盛小区的院墙塌了", "城南街道昌盛小区"),
        ("朝阳区左家庄街道静安里有一个路灯杆歪了", "左家庄街道静安里"),
        ("西城区德胜街道新风街的桥墩掉皮", "德胜街道新风街"),
        ("门头沟区城子街道龙门新区的店主半夜放音乐", "城子街道龙门新区"),
        ("朝阳区左家庄街道静安里那没人管", "左家庄街道静安里"),
        ("大兴区清源街道一家叫聚香的馆子油烟大", "清源街道一家叫聚香的馆子"),
        ("海淀区甘家口街道增光路的桥下积水", "甘家口街道增光路的桥下"),
        ("石景山区鲁谷街道重聚园小区广场舞太吵", "鲁谷街道重聚园小区"),
    ],
)
def test_a_place_ends_where_its_words_end(text: str, words: str) -> None:
    place = find_place(text)
    assert place is not None
    assert place.text == words


def test_a_hospital_of_a_district_is_no_address() -> None:
    place = find_place("海淀区的医院专家号总也抢不到")
    assert place is not None
    assert place.district == "海淀区"
    assert place.text is None


def test_a_street_counts_more_than_the_part_of_town_before_it() -> None:
    place = find_place("在亦庄博兴街道泰河路那边的工地干活没拿到钱")
    assert place is not None
    assert place.street == "博兴街道"


def test_where_a_ride_goes_is_not_where_it_was_refused() -> None:
    place = find_place("司机一听去北京西站就不走了，我在朝阳区望京街道阜通东大街等了半天")
    assert place is not None
    assert place.street == "望京街道"


@pytest.mark.parametrize(
    "said",
    [
        "小区北门口那个垃圾站",
        "就小区北门口",
        "市场北门口",
        "北门口",
        "公园东门口",
        "学校西门",
        "大门口",
        "路口",
        "桥头",
    ],
)
def test_a_gate_is_no_village_of_that_name(said: str) -> None:
    assert find_place(said) is None
    place = answer_place(said)
    assert place is not None
    assert (place.district, place.community, place.precision) == (None, None, "vague")
    assert place.text == said


@pytest.mark.parametrize("said", ["通州区马驹桥镇北门口村路灯不亮", "通州区马驹桥镇北门口路灯不亮"])
def test_a_village_named_like_a_gate_is_found_in_its_address(said: str) -> None:
    place = find_place(said)
    assert place is not None
    assert (place.district, place.street) == ("通州区", "马驹桥镇")


@pytest.mark.parametrize("said", ["小区旁边那个发电站冒烟", "我家后面水泥厂全是灰", "门口商业街太吵"])
def test_an_everyday_word_names_no_district(said: str) -> None:
    for place in (find_place(said), answer_place(said)):
        assert place is None or place.district is None


@pytest.mark.parametrize(
    ("said", "words", "community", "street"),
    [
        ("昌平区霍营街道，小区叫华龙苑南里", "华龙苑南里", "华龙苑南里", "霍营街道"),
        ("昌平区霍营街道，那个小区是华龙苑南里，暖气不热", "华龙苑南里", "华龙苑南里", "霍营街道"),
        ("小区名叫华龙苑南里3号楼", "华龙苑南里3号楼", "华龙苑南里", "霍营街道"),
        ("昌平区一个叫华龙苑南里的小区", "华龙苑南里", "华龙苑南里", "霍营街道"),
        ("我们小区叫金色漫香郡", "金色漫香郡", "金色漫香郡", "黄村地区"),
        ("昌平区东小口镇，我们村叫半截塔村", "半截塔村", "半截塔村", "东小口地区"),
        ("昌平区霍营街道，小区叫橡树澜", "橡树澜", "橡树澜", "霍营街道"),
    ],
)
def test_a_name_begins_behind_the_word_that_introduces_it(
    said: str, words: str, community: str, street: str
) -> None:
    for place in (find_place(said), answer_place(said)):
        assert place is not None
        assert (place.text, place.community, place.street) == (words, community, street)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("石景山区鲁谷街道永乐西区，收废品的三轮车堵着门", "永乐西区"),
        ("石景山区鲁谷街道永乐东区12号楼没暖气", "永乐东区"),
    ],
)
def test_a_quarter_behind_a_street_is_an_estate(said: str, words: str) -> None:
    place = find_place(said)
    assert place is not None
    assert (place.district, place.street, place.community) == ("石景山区", "鲁谷街道", words)
    assert place.precision == "specific"


def test_districts_stay_districts() -> None:
    for said in ("西城区", "朝阳区"):
        place = find_place(f"我是{said}的")
        assert place is not None
        assert (place.district, place.text) == (said, None)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("丰台区大红门街道南苑路边上那个宏发服装城吧", "大红门街道南苑路边上那个宏发服装城"),
        ("通州区玉桥街道葛布店北里那个健身器材啊", "玉桥街道葛布店北里那个健身器材"),
        ("门头沟区大峪街道 双峪路口那个小广场", "双峪路口那个小广场"),
        ("朝阳区垡头街道翠城馨园那个南门里头", "垡头街道翠城馨园那个南门里头"),
        ("丰台区马家堡东路那个公交站牌", "马家堡东路那个公交站牌"),
    ],
)
def test_that_thing_at_a_named_road_or_estate_can_be_visited(said: str, words: str) -> None:
    for place in (find_place(said), answer_place(said)):
        assert place is not None
        assert (place.text, place.precision) == (words, "specific")


@pytest.mark.parametrize("said", ["我家楼下", "附近一个店", "朝阳区那个饭店", "朝阳区望京街道附近一个店"])
def test_what_has_no_name_stays_vague(said: str) -> None:
    place = answer_place(said)
    assert place is not None
    assert place.precision == "vague"


def test_a_building_behind_a_described_site_is_its_point() -> None:
    place = find_place("运河东大街那个在建的工地 3号楼顶上有人")
    assert place is not None
    assert (place.text, place.road, place.point) == ("运河东大街那个在建的工地 3号楼", "运河东大街", "3号楼")
    assert place.precision == "specific"


@pytest.mark.parametrize(
    "said",
    [
        "从8月20号喊到现在",
        "昨天发现的",
        "上周六开始的",
        "上个月28号",
        "三个月了",
        "大概国庆节那天",
        "8月20号，到现在",
    ],
)
def test_a_time_is_no_place(said: str) -> None:
    assert answer_place(said) is None


@pytest.mark.parametrize("said", ["15号", "3号楼", "3号院2单元"])
def test_a_number_alone_may_be_a_house(said: str) -> None:
    place = answer_place(said)
    assert place is not None
    assert place.text == said


def test_a_town_and_its_area_are_one_office() -> None:
    place = find_place("大兴区西红门镇")
    assert place is not None
    assert place.text == "西红门镇"
    assert same_office("大兴区", place.street or "", "西红门镇")
    assert same_office("大兴区", "西红门镇", "西红门镇")
    assert not same_office("大兴区", "西红门镇", "旧宫镇")
    assert not same_office("朝阳区", "西红门地区", "西红门镇")


@pytest.mark.parametrize(
    ("said", "district"),
    [("农科院家属院", "海淀区"), ("丰台区葡萄园小区3号楼", "丰台区"), ("玫瑰园3号楼没水", None)],
)
def test_an_everyday_name_counts_in_an_address(said: str, district: str | None) -> None:
    place = find_place(said)
    assert place is not None
    assert district in (None, place.district)
    assert place.text


def test_across_is_no_agreement() -> None:
    place = answer_place("对面小区")
    assert place is not None
    assert (place.text, place.precision) == ("对面小区", "vague")


@pytest.mark.parametrize(
    ("said", "district", "street", "point"),
    [
        ("东城区景泰社区4号楼底商", "东城区", "永定门外街道", "4号楼底商"),
        ("石景山区古城南路社区9号楼", "石景山区", "八角街道", "9号楼"),
        ("朝阳区团结湖中路北社区3号楼下头", "朝阳区", "团结湖街道", "3号楼下头"),
        ("西城区广外红莲北里10号楼", "西城区", "广安门外街道", "10号楼"),
        ("海淀区甘家口白堆子社区4号楼旁边那个垃圾站", "海淀区", "甘家口街道", "4号楼旁边那个垃圾站"),
        ("就西红门那个金华园2号楼", "大兴区", "西红门地区", "2号楼"),
        ("丰台草桥欣园二区", "丰台区", "玉泉营街道", None),
        ("海淀区八里庄北里3号楼", "海淀区", "八里庄街道", "3号楼"),
        ("朝阳区常营，苹果派小区北门", "朝阳区", "常营地区", "北门"),
        ("丰台区方庄芳古园二区的，7号楼底下", "丰台区", "方庄街道", "7号楼底下"),
        (
            "石景山区八角北里，12号楼，不对不对，12号楼是我闺女家，我们家是14号楼",
            "石景山区",
            "八角街道",
            "14号楼",
        ),
        ("昌平区霍营街道，华龙苑中里，8号楼……妈您别急啊！", "昌平区", "霍营街道", "8号楼"),
        ("门头沟区龙山一区社区垃圾站的臭水流到路上了", "门头沟区", "大峪街道", "垃圾站"),
    ],
)
def test_names_as_people_say_them(said: str, district: str, street: str, point: str | None) -> None:
    place = find_place(said)
    assert place is not None
    assert (place.district, place.street, place.point) == (district, street, point)
    assert place.precision == "specific"


@pytest.mark.parametrize("said", ["望京西园，5号开始停水", "朝阳区望京西园，12号晚上停的"])
def test_a_day_behind_a_pause_is_no_house(said: str) -> None:
    place = find_place(said)
    assert place is not None
    assert (place.text, place.point) == ("望京西园", None)


@pytest.mark.parametrize("said", ["地址——朝阳区望京西园！", "地址是朝阳……望京街道花家地西里！快来！"])
def test_an_address_is_not_called_to_the_room(said: str) -> None:
    place = find_place(said)
    assert place is not None
    assert place.precision == "specific"


@pytest.mark.parametrize("said", ["三角地有人打架", "科学城那边施工"])
def test_a_numbered_community_lends_no_everyday_name(said: str) -> None:
    assert find_place(said) is None
