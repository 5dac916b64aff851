"""What a call's words become: the cases they would be, with what is missing, and as a clerk wants them."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import TypeAdapter

from actions.calls import alarm_in, draft_call
from actions.services import Services
from bot.calls.model import Draft, PartTold, Told, draft_json
from bot.clock import CITY
from bot.understanding import Understander

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)
PHONE = "13900010001"


@pytest.fixture(scope="module")
def services() -> Services:
    understander = Understander()
    return cast("Any", SimpleNamespace(understander=understander, dispatcher=understander.dispatcher))


def drafted(services: Services, words: str, **told: Any) -> Draft:
    return draft_call(services, Told(words, AT, **{"phone": PHONE, **told}))


def test_a_calls_words_are_read_as_a_message_is(services: Services) -> None:
    (part,) = drafted(services, "喂，你好。朝阳区望京街道南湖东园二号楼，楼道灯从昨天开始坏了没人修。").parts
    case = part.case
    assert (case.district, case.street) == ("朝阳区", "望京街道")
    assert (case.channel, case.contact_phone) == ("voice", PHONE)
    assert case.occurred is not None
    assert case.occurred["start"].startswith("2026-11-22")
    assert case.lead_unit
    assert part.reasons
    assert part.occurred is not None
    assert "昨天" in part.occurred
    assert not {"location", "district", "street", "time", "contact"} & set(part.missing)


def test_what_was_not_said_is_missing(services: Services) -> None:
    (part,) = drafted(services, "我家暖气不热。", phone=None).parts
    assert {"location", "district", "street", "time", "contact"} <= set(part.missing)


def test_a_number_that_was_said_goes_before_the_one_that_called(services: Services) -> None:
    (part,) = drafted(services, "小区路灯坏了，我的电话是13900020002。").parts
    assert part.case.contact_phone == "13900020002"


def test_two_matters_are_two_cases(services: Services) -> None:
    told = "朝阳区望京街道南湖东园2号楼，楼道灯坏了没人修，另外楼下有人占道摆摊卖早点，每天早上"
    parts = drafted(services, told).parts
    assert len(parts) == 2
    assert parts[0].case.category != parts[1].case.category
    assert {part.case.district for part in parts} == {"朝阳区"}


def test_danger_is_urgent_and_says_what_to_do(services: Services) -> None:
    draft = drafted(services, "楼道里一股煤气味，特别冲，在望京南湖东园二号楼。")
    assert draft.advice is not None
    assert draft.parts[0].case.urgency == "S0"
    assert draft.parts[0].case.emergency


def test_a_danger_is_known_from_a_sentence_and_look_alikes_are_none(services: Services) -> None:
    alarm = alarm_in(services, "楼道里有很浓的煤气味，我们都不敢开灯")
    assert alarm is not None
    assert alarm.name == "燃气泄漏"
    assert "拨打" in alarm.advice
    for words in ("整栋楼都不热，家里有八十多岁的老人，屋里才十四度。", "物业说管不了这个", "喂"):
        assert alarm_in(services, words) is None


def test_nothing_is_made_of_nothing(services: Services) -> None:
    assert drafted(services, "") == Draft()


def test_a_caller_who_wants_no_identity_kept_leaves_none(services: Services) -> None:
    (part,) = drafted(services, "我要匿名举报，望京南湖东园楼下烧烤摊半夜还在营业。").parts
    assert part.case.anonymous
    assert part.case.contact_phone is None
    assert "contact" not in part.missing


def test_a_clerks_parts_are_what_is_filed(services: Services) -> None:
    first = PartTold("楼道灯坏了没人修", place="朝阳区望京街道南湖东园2号楼", occurred="11月20日")
    second = PartTold("楼下占道摆摊", place="南湖东园", category="030101")
    draft = drafted(services, "楼道灯坏了没人修。楼下占道摆摊", parts=(first, second), name="王女士")
    one, two = (part.case for part in draft.parts)
    assert (one.content, one.street, one.contact_name) == ("楼道灯坏了没人修", "望京街道", "王女士")
    assert one.occurred is not None
    assert one.occurred["start"].startswith("2026-11-20")
    assert two.place_text is not None
    assert "南湖东园" in two.place_text


def test_a_category_that_a_clerk_chose_is_a_persons(services: Services) -> None:
    code = drafted(services, "楼道灯坏了没人修。").parts[0].candidates[1][0]
    part = PartTold("楼道灯坏了没人修", category=code)
    case = drafted(services, "楼道灯坏了没人修", parts=(part,)).parts[0].case
    assert (case.category, case.category_set_by) == (code, "person")


def test_an_unknown_category_is_no_category(services: Services) -> None:
    part = PartTold("楼道灯坏了没人修", category="999999x")
    case = drafted(services, "楼道灯坏了没人修", parts=(part,)).parts[0].case
    assert (case.category is None, case.category_set_by) == (False, "model")
    assert case.category != "999999x"


def test_a_draft_goes_between_processes_and_to_programs_whole(services: Services) -> None:
    draft = drafted(services, "朝阳区望京街道南湖东园2号楼，楼道灯坏了没人修")
    adapter = TypeAdapter(Draft)
    assert adapter.validate_json(adapter.dump_json(draft)) == draft
    (shown,) = draft_json(draft)["parts"]
    assert shown["location"]["district"] == "朝阳区"
    assert shown["lead_unit"] == draft.parts[0].case.lead_unit


def test_nothing_is_lost_of_what_a_clerk_wrote_of_place_and_time(services: Services) -> None:
    told = PartTold("垃圾没人清", place="那棵大槐树底下", occurred="有一阵子了")
    (part,) = drafted(services, "垃圾没人清", parts=(told,)).parts
    assert part.case.place_text == "那棵大槐树底下"
    assert "有一阵子了" in part.case.content
    assert {"location", "district", "street", "time"} <= set(part.missing)
    told = PartTold("夜里施工", place="朝阳区三里屯路口东北角那棵树旁边")
    (part,) = drafted(services, "夜里施工", parts=(told,)).parts
    assert (part.case.place_text, part.case.district) == ("朝阳区三里屯路口东北角那棵树旁边", "朝阳区")
    (part,) = drafted(services, "夜里施工", parts=(PartTold("夜里施工", place="朝阳区"),)).parts
    assert (part.case.district, "location" in part.missing) == ("朝阳区", True)
