"""Actions of the small bot that engine patches are compared on: every kind of answer an action server can give."""

# ruff: noqa: ARG002 - rasa_sdk gives the signatures

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, ValidationAction
from rasa_sdk.events import (
    ActionReverted,
    AllSlotsReset,
    ConversationPaused,
    FollowupAction,
    SlotSet,
    UserUtteranceReverted,
)
from rasa_sdk.interfaces import ActionExecutionRejection


class ValidateOrderForm(FormValidationAction):
    def name(self) -> str:
        return "validate_order_form"

    def validate_amount(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        if not str(value).isdigit():
            if value == "拒绝":
                raise ActionExecutionRejection(self.name())
            dispatcher.utter_message(text="请说一个数字。")
            return {"amount": None}
        return {"amount": float(value), "notes": [f"{value}个"]}

    def validate_color(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        if len(str(value)) > 6:
            dispatcher.utter_message(response="utter_help")
            return {"color": None}
        return {"color": value}


class ValidateSlots(ValidationAction):
    def validate_mood(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        return {"mood": value}


class ReadMood(Action):
    def name(self) -> str:
        return "action_read_mood"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        text = tracker.latest_message.get("text") or ""
        return [SlotSet("mood", "急" if "！" in text else None)]


class SubmitOrder(Action):
    def name(self) -> str:
        return "action_submit_order"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        got = {key: tracker.get_slot(key) for key in ("size", "color", "amount", "gift")}
        dispatcher.utter_message(text=f"订好了：{got}。", json_message={"order": got})
        dispatcher.utter_message(response="utter_ask_gift")
        return [SlotSet("facts", {"订单": [got]}), *(SlotSet(key, None) for key in got)]


class Reject(Action):
    def name(self) -> str:
        return "action_reject"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        raise ActionExecutionRejection(self.name(), "不做")


class Fail(Action):
    def name(self) -> str:
        return "action_fail"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        raise RuntimeError("13800138000")


class Odd(Action):
    """Answers what the schema allows and what it does not, in turn by the length of the text."""

    def name(self) -> str:
        return "action_odd"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(
            text="奇怪", buttons=[{"title": "好", "payload": "好"}], attachment="附件", odd=1.5
        )
        if len(tracker.latest_message["text"]) > 5:
            return [{"event": "slot", "value": 1}]  # no name: against the schema
        return [
            SlotSet("notes", ["一", "二"]),
            {
                "event": "bot",
                "text": "直接说",
                "data": {"custom": {"deep": {"er": [1, 2.5, None, True]}}},
                "metadata": {},
            },
        ]


class Revert(Action):
    def name(self) -> str:
        return "action_revert"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(text="当作没说。")
        return [UserUtteranceReverted()]


class Undo(Action):
    def name(self) -> str:
        return "action_undo"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        return [SlotSet("color", "灰色"), ActionReverted(), FollowupAction("action_listen")]


class ForgetAll(Action):
    def name(self) -> str:
        return "action_forget_all"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        return [AllSlotsReset()]


class Jump(Action):
    def name(self) -> str:
        return "action_jump"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        return [FollowupAction("utter_one")]


class Circle(Action):
    def name(self) -> str:
        return "action_circle"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(response="utter_round")
        return [FollowupAction("action_circle")]


class Pause(Action):
    def name(self) -> str:
        return "action_pause"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(text="停了。")
        return [ConversationPaused()]
