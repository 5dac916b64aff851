"""What people call themselves; conservative, because a wrong name on a case is worse than none."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪"
    "舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪"
    "包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲封芮储靳段富乌焦巴弓谷车侯全班秋仲伊宫宁仇栾刘景詹龙叶幸司黎薄印宿白怀蒲丛鄂索"
    "赖卓屠蒙池乔翟谭申冉雍桑桂牛寿边扈燕浦尚农温庄晏柴阎习艾容向古易廖耿匡国文寇广欧沃利师巩聂晁敖冷辛阚那简饶曾沙丰关相查"
    "肖涂代付闫"
)
_COMPOUND = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|端木|南宫|独孤"
_SURNAME = rf"(?:{_COMPOUND}|[{_SURNAMES}])"
_TITLE = r"(?:先生|女士|小姐|同志|阿姨|大爷|大妈|大姐|大哥|师傅)"
_STOP = r"(?=$|[^\u4e00-\u9fff]|电话|手机|联系|住|家|是|的|,|，)"

_OWN_NAME = re.compile(
    rf"我姓(?P<a>{_SURNAME})|(?:我叫|本人叫?|我的名字[是叫]|姓名[:：是为 ]*|联系人[:：是为 ]*|我是)(?P<b>{_SURNAME}(?:{_TITLE}|[\u4e00-\u9fff]{{1,2}}))"
    rf"{_STOP}|(?:^|[\d\s,，。:：])(?P<c>{_SURNAME}(?:先生|女士|小姐)){_STOP}"
)
_OF_SOMEWHERE = re.compile(
    rf"我是[^，,。！？]{{0,8}}?的(?P<a>{_SURNAME}[\u4e00-\u9fff]{{1,2}})(?=$|[，,。！？、 ])|(?:^|[，,。 ])我(?P<b>{_SURNAME}[\u4e00-\u9fff]{{1,2}})(?=实名|举报|反映|投诉)"
)
"""A name told with where one belongs: 我是3号楼的赵铁柱."""
_NOT_A_NAME = re.compile(
    r"平谷|房山|昌平|大兴|通州|朝阳|丰台|海淀|怀柔|密云|延庆|顺义|石景|东城|西城|居民|业主|租户|住户|房客|房东|家长|老人|路过|单位|个人|代表|关于|经常|全家|全楼|应该|"
    r"常客|员工|职工|工人|司机|乘客|学生|顾客|用户|商户|店主|村民|市民|群众|老板|住家|邻居|家属|房主|包租|全体|"
    r"想|要|和平|马上|高中|成年|国企|文员|广告|明天|时候|方便|安装|计划|包工|农民|车主|平时|管理|成都|解决"
)
_ANY_NAME = re.compile(
    rf"(?:我叫|本人叫|名叫|叫做|我的名字[是叫]|姓名[:：是为 ]*|联系人[:：是为 ]*)(?P<a>{_SURNAME}[\u4e00-\u9fff]{{1,2}}){_STOP}"
    rf"|(?:姓)(?P<b>{_SURNAME})(?![\u4e00-\u9fff])|我姓(?P<c>{_SURNAME})"
    rf"|(?P<d>{_SURNAME}[\u4e00-\u9fff]{{0,2}}?)(?=先生|女士|小姐)"
)


def find_name(text: str) -> str | None:
    """What the citizen calls themselves: ``王``, ``李女士`` or ``张三``; None when they do not say."""
    for found in _OWN_NAME.finditer(text):
        name = found["a"] or found["b"] or found["c"]
        if not _NOT_A_NAME.search(name):
            return name
    return None


def name_spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans of names, the citizen's and others', for hiding them; titles such as 女士 stay."""
    for found in _OF_SOMEWHERE.finditer(text):
        group = found.lastgroup
        if group is not None and not _NOT_A_NAME.search(found[group]):
            yield found.span(group)
    if not re.search(r"[叫姓]|先生|女士|小姐|联系人|名字", text):
        return
    for found in _ANY_NAME.finditer(text):
        group = found.lastgroup
        if group is not None and not _NOT_A_NAME.search(found[group]):
            yield found.span(group)
