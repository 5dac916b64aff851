"""Names of estates that no list has: what may be one, by its words alone."""

from __future__ import annotations

import re
from datetime import datetime

from bot.clock import CITY
from bot.understanding import names
from bot.understanding.place import grammar
from bot.understanding.place.matters import tells_matter
from bot.understanding.place.parts import Detail
from bot.understanding.time import find_time

SHORTEST, LONGEST = 2, 9
LONGEST_REST = 4
_PAUSES = ",，、;；:： "
ANY_TIME = datetime(2027, 12, 31, 23, 59, tzinfo=CITY)
"""What a word like 上周六 counts from does not matter here; at the end of a year and month no date is still to come."""

_LETTERS = re.compile(r"[一-龥A-Za-z0-9·]+")
_NO_LETTER = re.compile(
    "[的了着过吗呢吧啊呀嘛哦嗯唉哎呗啦我你您他她它们咱俺这那哪谁啥么怎为没很被把给让请说问讲诉要做些几"
    "坏漏吵冒骂偷扔咬摔砸锯撞骗欠扣涨罚拖拍踢臭脏滑烦急慌慢懒怕哭疼痛病死吃喝睡找修拆敲追喊叫赔堆堵呛吓吐屎滚蛋傻笨废]"
)
"""Characters of talk, of things that happen and of feelings, which stand in no name of an estate."""
_NO_START = re.compile(
    "[村院楼门屋家店站号层负]|小区|社区|[上下前后里]面|底下|旁边|附近|对面|外地|其实|应该?是|改[成为]|换成|[有在是就也还又再从到跟因但却](?!水)|太(?![阳平和古子师])|先(?!农)|想|能(?![源仁])|会(?!城)|一直"
)
_NO_WORD = re.compile(
    rf"{grammar._STOP_WORDS}|不(?!老)|别(?!墅)|知道|忘记|匿名|保密|实名|身份|电话|手机|号码|姓名|姓[一-龥]$|先生|女士|小姐|师傅|阿姨|大爷|大妈|同志|老师|领导|"
    "谢谢|多谢|感谢|麻烦|辛苦|拜托|您好|你好|再见|拜拜|好的|可以|确认|取消|算了|随便|人工|机器人|客服|热线|登记|反映|意见|问题|情况|事情|事儿|事件|快点|赶[紧快]|尽快|"
    "噪[音声]|扰民|违[建章法规停]|乱[停收扔倒堆搭涨]|占道|油烟|异味|味道|积水|渗水|断[水电网]|跳闸|[停缺][水电气暖]|供[热暖水电气]|[暖燃煤天水电]气|收费|环境|线路|电路|网络|"
    "工资|欠薪|加班|烧烤|摊[位贩]?$|游商|小贩|广场舞|音响|充电|飞线|电动车|单车|黑车|站牌|汽车|车辆|遛狗|流浪|宠物|猫|[野恶大小]?狗$|老鼠|蚊|蟑螂|群里|门牌|楼牌|"
    "工人|老板|人员|群众|干部|户口|司机|商家|商户|开发商|业委会|医保|社保|低保|养老金|公积金|补贴|学籍|入学|学区房|房产证|不动产|拆迁|合同|发票|退[费款卡货]|"
    "故障|事故|危险|安全|隐患|破[损裂]|塌|裂|着火|火灾|受伤|心情|难受|生气|崩溃|郁闷|委屈|失望|满意|态度|质量|管理|处理|解决|调查|监督|售后|售楼|"
    "隔壁|租客|老[王李张刘陈杨赵]$|[书会]记$|主任|新年|快乐|重新|开始|结束|返回|退出|次$|^[一二三四五六七八九十百千两几\\d]+多?[块元毛种件个年回遍天万千百]|[诿扯枯]|难$|太[少多大小贵差]|火[热烧]|充好|员$|^第[一二三四五六七八九十]|一下$|两口$|微信|淘宝|直播|网[上店购]|"
    "分开|合[成并]|两件|一件|全部|其他|同上|一样|照旧|本人|自己|大家|全家|爸|妈|老伴|老[公婆]|儿子|女儿|闺女|孙子|同学|朋友|同事|"
    "本市|全市|市里|城里|全国|^北京市?$|哪里|哪儿|地方|地址|地点|位置"
)
_NAME_END = re.compile(
    "(?:[邸筑庭馆府境院园村场舍墅湾岸郡城轩居苑阁台廊峰界屿岛谷原寓堡里庄店铺坊巷街路桥口厅站营屯坟坡坞寨洼峪坨坎洲港厦区楼座门镇乡井沟厂庙宫]"
    "|国际|时代|一品|[尚名御]品|公社|逸景|雅集|[林山]语|现代|未来|壹号|[名华新国悦]都|[人名]家|[府门]第|[澜西东南北翠青御]山|SOHO|MOMA|MALL|PARK)$",
    re.IGNORECASE,
)
"""What the name of an estate, village, road or spot ends in."""
_SURE_END = re.compile(
    "(?:[邸筑庭馆府苑园院村墅郡轩寓庄屯营居城湾]|国际|时代|一品|[尚名御]品|公社|逸景|雅集|[林山]语|现代城|未来城|[名华新国悦]都|人家|[府门]第|SOHO|MOMA)$",
    re.IGNORECASE,
)
"""The endings that make a name of words although nothing stands before them."""
_GRAND = re.compile(
    "[御澜翠熙璟悦锦瑞馨橡枫栖沁潭檀洳荷芳熹逸雅筑玺禧铂臻墅珑玥琨珺樾麓桂梧桐樱棠曦晟昊宸澄泓溪汀渚畔庐邸郦瀚鸿翰缇]"
)
"""Characters that names of estates are made of and complaints are not."""
_NO_BARE = re.compile("[是都就个在差换卡指掉翻多少俩全代当改]|一(?![品号])|人(?![家民])|成语|系统")
_BRAND = re.compile(
    "(?:北京)?(?:万科|保利|金地|金隅|龙湖|首开|华润|中海|旭辉|融创|远洋|恒大|碧桂园|泰禾|合生|富力|世茂|招商|住总|城建|北辰|懋源|金茂|葛洲坝|中铁|中建|电建|绿城|雅居乐|鲁能|首创|天恒|鸿坤|华远|中粮|越秀|中骏|正荣|阳光城|新世界|华发|华侨城|首钢|建发|卓越|世纪|当代|珠江|润泽|红星|国锐|京投|京能|中国铁建|五矿|佳兆业|绿地(?!里|上|内|边|旁|被))"
    "(?P<rest>[一-龥A-Za-z0-9·]{2,})"
)
"""An estate that is called after who built it, and its own name: 金地仰山, 万科金隅, 保利海上五月花."""
_OF_BRAND = re.compile(
    "水泥|公司|集团|地产|置业|置地|物业|商管|燃气|财险|银行|保险|证券|信托|服务|工程|施工|承建|承包|总包|局|院$|旗下|名下|员工|拖欠|维权|烂尾|交付|交房|项目部|开发|建设|建工|养护|绿化"
)
_SAID_ALONE = re.compile(
    "[哎哈呵嘿唉喂咳嗨]|求助|急用|着急|报警|救命|帮忙|加油|全是|都是|就是|反正|离谱|过分|真|气人|施工|街上|路边|村里|楼下|家里|没错|对头|完毕|就行|行|以上|以下|如下|上述|详见|见图|图片|照片|定位|附件|北京|中国|本地|市民|租户|住户|老人|小孩|百姓|群体|非常|特别|严重|长期|多次|连续|大量|到处|处处|满地|整夜|通宵|凌晨|声音|闹心|糟心|恶心|无语|投诉|求求|速来|速度|同志|领导|政府|部门|单位|主任|城管|警察|医生|护士|黄牛|乞丐|醉汉|酒鬼|混混|地痞"
)
"""Two characters that answer "where?" although they are no name: 非常, 以上; 天誉 may be one."""
_SHOPS = re.compile(
    "(?<=[一-龥]{2})(?:超市|便利店|商场|百货|烟酒|药房|药店|饭庄|饭馆|小吃|火锅|银行|酒店|宾馆)$"
)
_DOES = re.compile(
    "[放跳唱摆种养挖烧建盖占开拉排晒挂贴骑跑坐打丢捡收装洗炒卖买用看听闹玩遛遮挡滴流淌溢压砍锯焊刷喷炸响亮灭断停缺少多乱满积盼求望祝请]"
)
_HAPPENS = re.compile("[都在得地开飞跑乱拉颤能说是快慢高低]|一[吹下刮阵片次直]|·")
_MAY_GO_ON = re.compile(rf"(?:[{grammar._ESTATE_CHARS}]|国际|时代|中心)$")
_ANY_SPOT = re.compile(rf"[一-龥]?(?:{grammar._POI_WORDS})")
"""A spot of which there are many: 幼儿园, 县医院."""
_PERSON = re.compile(rf"{names._SURNAME}[一-龥]{{1,2}}")
_NO_PERSON = re.compile("[园苑庄村院府庭营屯店筑邸区楼里街路桥]$")

_HOUSE = rf"第?[甲乙丙]?{grammar._NUMBER}(?:号楼|号院|#|栋|幢|座|单元|排|弄|期|区(?!别)|楼(?![上下])|层)"
_SPOT = "[东南西北]{1,2}(?:大?门|侧|边|面|口|角)|[正前后]?门[口外前]|楼[上下前后]|附近|旁边?|对[面过]|边上|底[商下]|村口|路口|车库"
_TOLD = re.compile(
    rf"(?P<name>[一-龥A-Za-z·](?:[一-龥A-Za-z·]|(?<=[A-Za-z])\d){{1,8}}?)(?=(?P<house>{_HOUSE}|{grammar._NUMBER}号(?:[，,\s\d]|$))|(?P<apart>[，,、 ]{{1,2}}{_HOUSE})|{_SPOT}|[，,。；;！!？?、\s]|$)"
)
"""A name up to the house (枫林逸景5号楼; 景和雅墅，15号楼), the spot (御景澜山门口) or the end of its clause."""


def ends_like_a_name(words: str) -> bool:
    """Whether ``words`` end as the names of estates, villages and roads do: 澜岸新筑, 望澜国际."""
    return _NAME_END.search(words) is not None


def may_be_name(words: str, *, like_person: bool = False) -> bool:
    """Whether ``words`` can be a name at all: a noun, no talk, no time, no person, nothing that happens.

    Of 御景澜山, 昨天晚上, 物业不管 and 王建国 only the first. Where a name is expected that is enough: behind a street.
    With ``like_person`` it may look like a person's, as a shop's does: 全聚德.
    """
    if not SHORTEST <= len(words) <= LONGEST or not _LETTERS.fullmatch(words) or words.isascii():
        return False
    if grammar.NUMBERED.match(words) or _ANY_SPOT.fullmatch(words):
        return False
    if _NO_LETTER.search(words) or _NO_START.match(words) or _NO_WORD.search(words):
        return False
    if not like_person and _PERSON.fullmatch(words) and not _NO_PERSON.search(words):
        return False
    return find_time(words, ANY_TIME) is None


def is_name(words: str) -> bool:
    """Whether ``words`` are a name although nothing stands before them: 翠屿名邸, 枫林逸景; 电动车充电 is none."""
    if is_branded(words):
        return True
    if len(words) <= SHORTEST or not may_be_name(words) or _NO_BARE.search(words):
        return False
    return _SURE_END.search(words) is not None or (
        len(words) > SHORTEST + 1 and _GRAND.search(words) is not None
    )


def is_branded(words: str) -> bool:
    """Whether ``words`` begin with a developer's name and go on with an estate's: 金地仰山; 恒大烂尾 do not."""
    branded = _BRAND.fullmatch(words)
    if branded is None or len(words) > LONGEST or _NO_LETTER.search(words) or _NO_WORD.search(words):
        return False
    return not _OF_BRAND.search(branded["rest"]) and not tells_matter(branded["rest"])


def _may_stand_alone(words: str) -> bool:
    """Whether words behind a street that do not look like a name are likelier one than a matter: 望山听雨, 天誉."""
    if len(words) <= SHORTEST and _SAID_ALONE.search(words):
        return False
    return not tells_matter(words.removeprefix("北京"))


def may_be_shop(words: str, *, like_person: bool = False) -> bool:
    """Whether ``words`` can be the name of a shop or a chain beside a place: 全聚德, 物美超市, 百荣世贸; 放音乐 cannot."""
    if (
        _ANY_SPOT.fullmatch(words)
        or _DOES.match(words)
        or _HAPPENS.search(words)
        or _SAID_ALONE.search(words)
    ):
        return False
    kind = _SHOPS.search(words)
    return may_be_name(words, like_person=like_person) and (kind is not None or not tells_matter(words))


def goes_on(text: str, known: Detail, told: Detail) -> bool:
    """Whether the name ``told`` goes on where ``known`` was thought to end: 乐府 in 乐府西园, 中铁国际 in 中铁国际城."""
    words, rest = text[known.start : known.end], text[known.end : told.end]
    if known.kind != "estate" or known.entries or not 0 < len(rest) <= LONGEST_REST:
        return False
    if grammar.QUARTER.match(rest) or rest.endswith(("路", "街", "桥", "楼")):
        return False
    return _MAY_GO_ON.search(words) is not None and ends_like_a_name(rest)


def told_at(text: str, position: int, *, asked: bool, anchored: bool) -> Detail | None:
    """The name of an estate that is told at ``position``, to its clause's end or to the house or spot behind it.

    Args:
        text: The clean text.
        position: Where the name would begin.
        asked: It was asked where, so a name is expected.
        anchored: A district or a street stands before it.
    """
    found = _TOLD.match(text, position)
    if found is None:
        return None
    name, house = found["name"], found["house"]
    grand = ends_like_a_name(name) or _GRAND.search(name) is not None
    if not anchored:
        told = bool(house or (asked and position == 0)) and is_name(name)
    elif text[position - 1] in _PAUSES:
        expected = bool(asked or house or found["apart"])
        told = (grand or (expected and _may_stand_alone(name))) and may_be_name(name)
    else:  # 朝阳群众, 潘家园街道的工作人员
        sure = bool(house or grand) or (asked and len(name) > SHORTEST and text[position - 1] in "区道镇乡")
        told = is_branded(name) or (text[position - 1] != "的" and sure and may_be_name(name))
        told = told and (bool(house or grand) or _may_stand_alone(name))
    if not told:
        return None
    estate = grand or asked or len(name) > SHORTEST + 1
    return Detail(position, found.end(), "estate" if estate else "poi")
