"""Several replies in one message of Telegram."""

from bot.messages import Button, Reply
from channels.telegram.send import CAN, together

PRESS = (Button("好", "好"),)


def test_replies_share_a_message_up_to_the_first_with_choices() -> None:
    count, shown = together([Reply("一"), Reply("二", PRESS), Reply("三")])
    assert (count, shown.texts, shown.buttons) == (2, ("一\n\n二",), PRESS)


def test_a_reply_that_is_several_messages_goes_alone() -> None:
    count, shown = together([Reply("很长。" * 2_000), Reply("二")])
    assert count == 1
    assert len(shown.texts) == 2


def test_what_does_not_fit_waits_for_the_next_message() -> None:
    long = "字" * 3_000
    count, shown = together([Reply("一"), Reply(long), Reply(long), Reply("四")])
    assert count == 2
    assert CAN.size(shown.texts[0]) <= CAN.text_limit


def test_the_button_for_ones_place_stays_with_its_question() -> None:
    count, shown = together([Reply("在哪里？", data={"ask": "place"}), Reply("二")])
    assert (count, shown.texts, shown.ask_place) == (1, ("在哪里？",), True)
