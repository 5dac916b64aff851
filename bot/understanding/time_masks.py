"""What sounds like a time and is none of the matter: house, line and telephone numbers, ages, what is yet to come."""

from __future__ import annotations

import re

_DIGITS = r"\d{1,4}"
_HAN = r"[一二三四五六七八九十百]{1,4}"
_NUMBER = rf"(?:[甲乙丙]?(?:{_DIGITS}|{_HAN}))"
_THINGS = (
    "楼|院|线|门|桌|店|车|厅|厂|库|仓|机|棚|馆|学生|病房|宿舍|公寓|桥|坑|井|桩|工地|塔|地块|[地]铁|房|别墅|底商|商铺|摊|口|窗|柜|岛|路"
    "|弄(?![来了的坏好丢成])|胡同|旁|附近|门口|平房|煤|甲|单元|站台|航站|变压器|锅炉|泵|出口|通道|检票|诊室|诊台|教室|会议室|充电|灯杆|箱变|配电|病区|电池|泳道|污水井|教学楼|球馆|技师|文(?=$|[，,。规])"
)
"""What has numbers of its own: 3号院, 二号线, 5号门."""
_ON_THE_DAY = r"(?!那天|当天|到|至|开始|以后|以来|起|早|晚|上午|下午|中午|凌晨|夜|半夜|傍晚|[停断坏来漏堵裂塌修装拆搬][的了])"
"""What stands behind a day and not behind a house: 5栋18号开始漏水, 一单元15号停的电."""
_AFTER_A_HOUSE = (
    r"(?=$|[，,。；;！!？?、\s（(]|[昨今前]天|[昨今前]儿|[昨今][早晚]|上周|电话|对面|那户|那家|家(?!里)|住户)"
)
"""What stands behind a house that nothing else marks as one: 西里三号，, but 我们院三号停的水 is a day."""
_HOUSE = (
    rf"(?:(?<=[\d一二三四五六七八九十][排巷弄])|(?<=胡同)|(?<=[路街巷道弄])){_NUMBER}号{{on_the_day}}"
    rf"|(?:(?<=[\d一二三四五六七八九十A-Za-z东西南北][栋幢座区院门组队条社])|(?<=单元)){_NUMBER}号{_ON_THE_DAY}"
    rf"|(?:(?<=[院村庄屯园坊楼住])|(?<=家在)|(?<=第)|(?<=[东西南北]里)|(?<=[东西南北]头)|(?<=门牌)|(?<=门牌号)|(?<=门牌号是)){_NUMBER}号{_AFTER_A_HOUSE}"
    r"|(?<=[园村甲乙])(?:甲|乙)?\d+号{on_the_day}|(?<=(?<![家这那屋院区楼村店校])里)(?:甲|乙)?\d+号{on_the_day}"
).replace("{on_the_day}", r"(?!到|开始|以后|早|晚|上午|下午|中午|起|那天|当天)")
"""A house behind its row, lane or building: 十排三号, 3区12号, 东街三号, 家住五号."""
_NOT_TIME = re.compile(
    r"\d{7,}|\d+(?:[-—]\d+)+(?!\d)"
    r"|(?:24|二十四|7[x×*]24)小时(?:营业|便利|热线|客服|超市|药店|药房|自助|服务|值班|开门|门诊|急诊|店)"
    # 11月15号楼上漏水 is a day and no building.
    rf"|(?:(?<![月\d])[甲乙丙]?\d+|(?<![月一二三四五六七八九十])[甲乙]?[一二三四五六七八九十]+)号(?={_THINGS})"
    r"|(?<![月\d一二三四五六七八九十])[1-9一二三四五六七八九]号(?=(?:电|客|货|扶|直)?梯)"
    rf"|{_HOUSE}"
    r"|\d+(?:单元|路|层|栋|幢|室|度|岁|平米|平|户|块|元|万|千|百|斤|米|公里|次|趟|遍|回|人|家|辆|棵|条)|[一二三四五六七八九十\d]+多?岁"
    r"|[一二三四五两]点(?:问题|意见|建议|要求|希望|诉求|疑问)|两点[:：]"
    r"|(?<![今昨])(?:中午|下午|早上|晚上)(?:班|市|餐|饭(?!点))|(?:前几天|前些天|上次|上回|昨天|前天)(?:我)?(?:没说完|反映|登记|投诉|报)的"
)
_FUTURE = re.compile(
    r"(?:明[天早晚日儿]|明儿个?|后天|大后天|下下?个?(?:周|星期|礼拜)[一二三四五六日天末]?|下下?个?月(?:初|底|末|中旬|上旬|下旬|的?初?[\d一二三四五六七八九十]{1,3}[号日](?:、[\d一二三四五六七八九十]{1,3}[号日])*)?|明年|(?<![\d一二三四五六七八九十个上这本])月底(?=撤|前|要|就))(?:早上|上午|中午|下午|晚上)?(?:\d+点)?"
)


def mask(text: str) -> str:
    """``text`` with what is no time of the matter blanked out, one sign for one, so that spans stay where they are."""
    for pattern in (_NOT_TIME, _FUTURE):
        text = pattern.sub(lambda match: "□" * len(match.group()), text)
    return text
