"""Questions about the service itself, which no article answers and everybody asks: cost, time, who sees it, who is speaking."""

from __future__ import annotations

import re

_QUESTIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "utter_service_hours",
        re.compile(
            r"(你们|人工|客服|热线|坐席).{0,4}(几点|周末|节假日|星期天|周日|晚上|夜里|24小时|什么时候|啥时候)(也|都|还)?(上班|下班|有人|工作|休息|能打|在)(吗|么|不|啊|呀|嘛|？|\?|$)"
        ),
    ),
    (
        "utter_service_robot",
        re.compile(
            r"(你|您)(们)?(是|到底是|究竟是)?(不是)?(真人|活人|人工|人|机器|机器人|AI|ai|电脑|程序).{0,6}(还是|吗|吧|啊|呀|么|？|\?)|(真人|机器人?)还是(真人|机器人?|人)"
        ),
    ),
    (
        "utter_service_weather",
        re.compile(
            r"(天气|气温|几度|下雪|下雨|下雹子|刮风|沙尘|雾霾|降温|台风).{0,8}(吗|么|不|没|怎么样|咋样|多少|几度|？|\?)|(今天|明天|后天|今晚|周末).{0,6}(多少|几)度"
        ),
    ),
    (
        "utter_service_free",
        re.compile(
            r"(要|用|需要|得|收|花)(不要|不用|不)?(花|交|收|给|付)?(钱|费|费用)(吗|么|不|啊|呀|嘛|？|\?)|收费(吗|不|么)|免费(吗|不|么|的吗)"
        ),
    ),
    (
        "utter_service_time",
        re.compile(
            r"(多久|几天|多长时间|什么时候|啥时候|何时|多少天)(能|会|可以|才|就)?(有|给|收到|得到)?(个)?(答复|回复|回音|回话|结果|消息|处理|解决|办好|办完|来人|联系我|信儿)"
        ),
    ),
    (
        "utter_service_secret",
        re.compile(
            r"(会不会|会|能不能|别|不会)(把|让|给|被)?.{0,10}(告诉|透露|知道|泄露|晓得|传出去|报复).{0,10}(我|是谁|名字|身份|电话|吗|么|不|啊)|(知道|晓得)是我(说|举报|投诉|反映)"
        ),
    ),
    (
        "utter_service_who",
        re.compile(
            r"(归|由|是)(谁|哪个(部门|单位)|哪家?|什么(部门|单位))(管|负责|处理|办)|(谁|哪个(部门|单位))(来)?(管|负责|处理|办)(啊|呀|呢|这|？|\?|$)|转给(谁|哪)"
        ),
    ),
)
_ASKS = re.compile(r"[？?吗么呢啊呀嘛]|谁|哪|几|多久|多长|什么|会不会|还是|啥|不$")
LONGEST = 24
REST = 7
"""Characters beside the question from which the words tell a matter, too."""
_ABOUT_IT = re.compile(
    r"今天|明天|后天|今晚|晚上|周末|北京|会|你们|您|你|我|这个?|那个?|登记|登完|反映|投诉|举报|等(会儿?|一下|等)|那|就|了|的|是|还|到底|街道|交通队|摊主|物业|公司|老板|他们|[^\u4e00-\u9fff]"
)


def service_question(text: str) -> str | None:
    """The response to a question about the service and nothing else, or None: what also tells a matter is none."""
    if len(text) > LONGEST or not _ASKS.search(text):
        return None
    for response, words in _QUESTIONS:
        found = words.search(text)
        if found is not None and len(_ABOUT_IT.sub("", text[: found.start()] + text[found.end() :])) <= REST:
            return response
    return None
