"""What a talk remembers beside its draft."""

from __future__ import annotations

from datetime import datetime, timedelta

from actions.complaint.draft import Draft
from actions.complaint.earlier import with_earlier, with_known_contact, with_known_estate
from actions.complaint.returning import away_in_words
from actions.talk import AMENDABLE, KEPT, Filed, Pending, Talk, dump_talk, load_talk
from bot.clock import CITY
from bot.understanding.place import find_place

AT = datetime(2026, 11, 23, 15, tzinfo=CITY)
EARLIER = Draft(matter=("路灯不亮",), place=find_place("海淀区上地街道上地东里6号楼"), phone="13900000001")


def test_a_talk_comes_back_from_its_slot() -> None:
    talk = Talk(pending=Pending("withdraw", "SD-1"), handover=True).file(Filed("SD-1", EARLIER, AT))
    assert load_talk(dump_talk(talk.shelve(EARLIER, "cancelled"))) == talk.shelve(EARLIER, "cancelled")
    assert load_talk(None) == Talk()


def test_a_draft_without_a_matter_is_not_worth_the_shelf() -> None:
    assert Talk().shelve(Draft(), "cancelled") == Talk()


def test_the_newest_of_a_kind_is_taken_back_and_the_oldest_are_forgotten() -> None:
    talk = Talk()
    for number in range(KEPT + 1):
        talk = talk.shelve(Draft(matter=(f"第{number}",)), "cancelled" if number % 2 else "interrupted")
    talk, draft = talk.take_back("interrupted")
    assert draft is not None
    assert draft.matter == (f"第{KEPT}",)
    assert len(talk.shelved) == KEPT - 1
    assert Talk().take_back() == (Talk(), None)


def test_a_case_is_amendable_for_a_day() -> None:
    talk = Talk().file(Filed("SD-1", EARLIER, AT))
    assert talk.last_filed(AT + AMENDABLE) is not None
    assert talk.last_filed(AT + AMENDABLE + timedelta(seconds=1)) is None


def test_the_same_place_and_the_same_number() -> None:
    talk = Talk().file(Filed("SD-1", EARLIER, AT))
    draft, pointed = with_earlier(Draft(matter=("停水",)), "还是刚才那个地址，电话也是那个", talk)
    assert pointed
    assert (draft.place, draft.phone) == (EARLIER.place, EARLIER.phone)
    assert with_earlier(Draft(), "朝阳区望京街道", talk) == (Draft(), False)
    assert with_earlier(Draft(), "还是那个地址", Talk()) == (Draft(), False)


def test_a_number_left_today_is_not_asked_again_but_never_of_the_anonymous() -> None:
    talk = Talk().file(Filed("SD-1", EARLIER, AT))
    assert with_known_contact(Draft(matter=("停水",)), talk, AT).phone == EARLIER.phone
    assert with_known_contact(Draft(matter=("停水",), anonymous=True), talk, AT).phone is None
    assert with_known_contact(Draft(matter=("停水",)), talk, AT + timedelta(days=2)).phone is None


def test_an_estate_named_in_full_before_needs_no_district() -> None:
    talk = Talk().file(Filed("SD-1", EARLIER, AT))
    draft = with_known_estate(Draft(matter=("停水",), place=find_place("上地东里北门口")), talk)
    assert draft.place is not None
    assert draft.place.district == "海淀区"


def test_silence_in_words() -> None:
    assert away_in_words(timedelta(days=3)) == "3天前"
    assert away_in_words(timedelta(hours=2)) == "2个小时前"
    assert away_in_words(timedelta(minutes=50)) == "刚才"
