"""The WeChat stand-in keeps the platform's documented rules: tries, passive replies, budgets, tokens, faults."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from starlette.responses import Response

from tests.support.platforms.wechat import (
    FAULT,
    LOAD,
    Account,
    Faults,
    Template,
    Times,
    assert_seen,
    differences,
    openid_of,
)
from tests.support.platforms.wechat.small_account import Pair, Received, pair

ANNA, BERTA = openid_of(1), openid_of(2)
QUICK = Times(answer_within=0.2)
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256))


def texts(one: Pair, openid: str = ANNA) -> list[str]:
    return one.platform.heard(openid)


async def slow(_: Received) -> str:
    await asyncio.sleep(0.6)
    return "success"


# To the account


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_a_message_arrives_signed_and_its_passive_reply_is_shown(mode: Any) -> None:
    async with pair(account=Account("", mode=mode)) as one:
        one.server.answer = one.server.echo
        result = await one.platform.say(ANNA, "路灯坏了 & <没人> ]]> 修")
        (received,) = one.server.received
        assert received.genuine
        assert received.text == "路灯坏了 & <没人> ]]> 修"
        assert received.fields["MsgId"] == str(result.msg_id)
        assert ("Encrypt" in received.outer) == (mode != "plain")
        assert ("Content" in received.outer) == (mode != "safe")
        assert (result.outcome, len(result.tries)) == ("passive", 1)
        assert [(seen.how, seen.text) for seen in one.platform.seen(ANNA)] == [
            ("passive", "您说的是：路灯坏了 & <没人> ]]> 修")
        ]
        assert one.platform.problems == []


async def test_the_address_of_the_server_is_checked_by_an_echo() -> None:
    async with pair() as one:
        assert await one.platform.check_url()
        one.server.account = replace(one.server.account, token="another")
        assert not await one.platform.check_url()


@pytest.mark.parametrize("answer", [b"", b"success"])
async def test_success_and_nothing_are_accepted_silently(answer: bytes) -> None:
    async def accept(_: Received) -> bytes:
        return answer

    async with pair() as one:
        one.server.answer = accept
        result = await one.platform.say(ANNA, "你好")
        assert (result.outcome, len(result.tries), texts(one)) == ("silent", 1, [])


@pytest.mark.parametrize("same_nonce", [True, False])
async def test_three_tries_carry_one_message_id_and_then_the_citizen_is_told_of_a_fault(
    same_nonce: bool,
) -> None:
    async with pair(times=QUICK, same_nonce=same_nonce) as one:
        one.server.answer = slow
        result = await one.platform.say(ANNA, "你好")
        assert [received.fields["MsgId"] for received in one.server.received] == [str(result.msg_id)] * 3
        nonces = {received.query["nonce"] for received in one.server.received}
        assert len(nonces) == (1 if same_nonce else 3)
        assert result.outcome == "fault"
        assert [one_try.outcome for one_try in result.tries] == ["timeout"] * 3
        assert all(0.19 < one_try.seconds < 0.5 for one_try in result.tries)
        assert texts(one) == [FAULT]


async def test_an_answer_in_the_last_try_is_shown_once() -> None:
    async with pair(times=QUICK) as one:

        async def third(received: Received) -> str:
            if len(one.server.received) < 3:
                await asyncio.sleep(0.6)
            return one.server.passive(received, "来了")

        one.server.answer = third
        result = await one.platform.say(ANNA, "你好")
        assert (result.outcome, len(result.tries)) == ("passive", 3)
        await asyncio.sleep(0.7)  # the answers to the cut tries would come now
        assert texts(one) == ["来了"]


async def test_a_server_error_is_tried_again_and_a_wrong_answer_is_not() -> None:
    async def error(_: Received) -> Response:
        return Response("no", 500)

    async def as_json(_: Received) -> str:
        return '"success"'

    async with pair() as one:
        one.server.answer = error
        assert len((await one.platform.say(ANNA, "一")).tries) == 3
        one.server.answer = as_json
        assert [one_try.outcome for one_try in (await one.platform.say(ANNA, "二")).tries] == ["wrong"]
        assert texts(one) == [FAULT, FAULT]
        assert len(one.platform.problems) == 1


async def test_a_server_that_is_not_there_is_tried_three_times() -> None:
    async with pair() as one:
        await one.served.refuse()
        result = await one.platform.say(ANNA, "你好")
        assert [one_try.outcome for one_try in result.tries] == ["no_connection"] * 3
        await one.served.listen()
        assert (await one.platform.say(ANNA, "你好")).outcome == "silent"


def _wrong_answers(one: Pair, got: Received) -> dict[str, str]:
    passive = one.server.passive
    return {
        "plain in safe mode": f"<xml><ToUserName>{got.fields['FromUserName']}</ToUserName></xml>",
        "to somebody else": passive(got, "好", ToUserName=BERTA),
        "from another account": passive(got, "好", FromUserName="gh_other"),
        "no time": passive(got, "好", CreateTime="今天"),
        "an unknown type": passive(got, "好", MsgType="poem"),
        "an empty text": passive(got, " "),
        "a text of 2049 bytes": passive(got, "好" * 683),
        "a wrong signature": passive(got, "好").replace(
            "<MsgSignature><![CDATA[", "<MsgSignature><![CDATA[0"
        ),
        "no XML": "ok",
    }


WRONG = (
    *("plain in safe mode", "to somebody else", "from another account", "no time", "an unknown type"),
    *("an empty text", "a text of 2049 bytes", "a wrong signature", "no XML"),
)


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_passive_reply_is_a_problem_that_the_test_sees(name: str) -> None:
    async with pair() as one:

        async def answer(received: Received) -> str:
            return _wrong_answers(one, received)[name]

        one.server.answer = answer
        result = await one.platform.say(ANNA, "你好")
        assert result.outcome == "fault"
        assert texts(one) == [FAULT]
        assert len(one.platform.problems) == 1


async def test_a_text_of_2048_bytes_is_shown_whole() -> None:
    async with pair() as one:

        async def long(received: Received) -> str:
            return one.server.passive(received, "好" * 682 + "ab")

        one.server.answer = long
        assert (await one.platform.say(ANNA, "你好")).outcome == "passive"
        assert len(texts(one)[0].encode()) == 2048


async def test_every_deed_arrives_with_its_documented_fields() -> None:
    async with pair() as one:
        platform = one.platform
        await platform.send_image(ANNA, JPEG)
        await platform.send_voice(ANNA, b"#!AMR\nxx", heard="路灯坏了")
        await platform.send_video(ANNA, b"mp4")
        await platform.send_location(ANNA, 40.05, 116.3, "软件园小区")
        await platform.send_link(ANNA, "题", "述", "http://x/")
        await platform.subscribe(ANNA)
        await platform.subscribe(ANNA, "street-12")
        await platform.unsubscribe(ANNA)
        await platform.scan(ANNA, "street-12")
        await platform.click(ANNA, "FILE")
        await platform.view(ANNA, "http://x/")
        await platform.report_location(ANNA, 40.05, 116.3)
        got = [received.fields for received in one.server.received]
        kinds = [fields.get("Event") or fields["MsgType"] for fields in got]
        assert kinds == [
            *("image", "voice", "video", "location", "link"),
            *("subscribe", "subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "LOCATION"),
        ]
        assert all(("MsgId" in fields) == (fields["MsgType"] != "event") for fields in got)
        assert all(fields["FromUserName"] == ANNA and fields["CreateTime"].isdecimal() for fields in got)
        image, voice, _, place, _, follow, by_code, _, scan, click, _, report = got
        assert image["PicUrl"].endswith(image["MediaId"])
        assert (voice["Format"], voice["Recognition"]) == ("amr", "路灯坏了")
        assert (place["Location_X"], place["Location_Y"], place["Scale"], place["Label"]) == (
            *("40.05", "116.3", "16", "软件园小区"),
        )
        assert (follow["EventKey"], by_code["EventKey"], scan["EventKey"]) == (
            "",
            "qrscene_street-12",
            "street-12",
        )
        assert (click["EventKey"], report["Latitude"]) == ("FILE", "40.05")


async def test_recognition_can_be_switched_off() -> None:
    async with pair(recognition=False) as one:
        await one.platform.send_voice(ANNA, b"#!AMR\nxx", heard="路灯坏了")
        assert "Recognition" not in one.server.received[0].fields


# From the account: tokens


async def test_a_stable_token_stays_the_same_until_it_is_forced() -> None:
    async with pair() as one:
        first, again = await one.caller.token(), await one.caller.token()
        assert first["access_token"] == again["access_token"]
        assert 7190 < first["expires_in"] <= 7200
        forced = await one.caller.token(force_refresh=True)
        assert forced["access_token"] != first["access_token"]
        assert one.platform.tokens.made == 2
        assert (await one.caller.token(force_refresh=True))["access_token"] == forced["access_token"]
        one.platform.pass_time(31)
        assert (await one.caller.token(force_refresh=True))["access_token"] != forced["access_token"]


async def test_a_replaced_token_stays_good_for_five_minutes_or_not_at_all() -> None:
    await_code = {300.0: 0, 0.0: 40001}
    for old_token, code in await_code.items():
        async with pair(times=Times(old_token=old_token)) as one:
            await one.platform.say(ANNA, "你好")
            old = (await one.caller.token())["access_token"]
            await one.caller.token(force_refresh=True)
            assert await one.caller.tell(ANNA, "好", old) == code
            one.platform.pass_time(301)
            assert await one.caller.tell(ANNA, "好", old) == 40001


async def test_wrong_credentials_and_tokens_have_their_codes_and_http_stays_200() -> None:
    async with pair() as one:
        assert (await one.caller.token(appid="wxother"))["errcode"] == 40013
        assert (await one.caller.token(secret="wrong"))["errcode"] == 40125
        assert (await one.caller.token(grant_type="password"))["errcode"] == 40002
        for token, code in (("", 41001), ("kurz", 40014), ("a" * 60, 40001)):
            assert await one.caller.tell(ANNA, "好", token) == code
        query = {"grant_type": "client_credential", "appid": one.platform.account.appid}
        older = await one.caller.get("token", **query, secret=one.platform.account.secret)
        assert older.json()["expires_in"] == 7200


async def test_a_token_expires_by_time_and_on_command() -> None:
    async with pair() as one:
        await one.platform.say(ANNA, "你好")
        token = (await one.caller.token())["access_token"]
        assert await one.caller.tell(ANNA, "一", token) == 0
        one.platform.tokens.expire()
        assert await one.caller.tell(ANNA, "二", token) == 42001
        fresh = (await one.caller.token())["access_token"]
        assert fresh != token
        one.platform.pass_time(7201)
        assert await one.caller.tell(ANNA, "三", fresh) == 42001
        assert texts(one) == ["一"]


# From the account: what may be sent


async def test_five_messages_may_follow_a_message_and_a_new_one_opens_five_more() -> None:
    async with pair() as one:
        token = (await one.caller.token())["access_token"]
        assert await one.caller.tell(ANNA, "零", token) == 40003  # nobody has this openid yet
        await one.platform.unsubscribe(ANNA)
        await one.platform.subscribe(ANNA)
        one.platform.pass_time(61)
        assert await one.caller.tell(ANNA, "零", token) == 45015
        await one.platform.say(ANNA, "你好")
        codes = [await one.caller.tell(ANNA, str(number), token) for number in range(6)]
        assert codes == [0, 0, 0, 0, 0, 45047]
        await one.platform.say(ANNA, "还在吗")
        assert await one.caller.tell(ANNA, "在", token) == 0
        one.platform.pass_time(48 * 3600 + 1)
        fresh = (await one.caller.token())["access_token"]
        assert await one.caller.tell(ANNA, "晚了", fresh) == 45015
        assert texts(one) == ["0", "1", "2", "3", "4", "在"]


@pytest.mark.parametrize("deed", ["click", "subscribe", "scan"])
async def test_three_messages_may_follow_a_click_a_follow_or_a_scan_within_a_minute(deed: str) -> None:
    async with pair() as one:
        token = (await one.caller.token())["access_token"]
        await (
            one.platform.subscribe(ANNA) if deed == "subscribe" else getattr(one.platform, deed)(ANNA, "key")
        )
        assert [await one.caller.tell(ANNA, str(number), token) for number in range(4)] == [0, 0, 0, 45047]
        one.platform.pass_time(61)
        assert await one.caller.tell(ANNA, "晚了", token) == 45015


async def test_an_event_window_is_used_before_the_message_window() -> None:
    async with pair() as one:
        token = (await one.caller.token())["access_token"]
        await one.platform.say(ANNA, "你好")
        await one.platform.click(ANNA, "FILE")
        codes = [await one.caller.tell(ANNA, str(number), token) for number in range(9)]
        assert codes == [0] * 8 + [45047]


async def test_who_does_not_follow_any_more_is_told_nothing() -> None:
    async with pair() as one:
        token = (await one.caller.token())["access_token"]
        await one.platform.say(ANNA, "你好")
        await one.platform.unsubscribe(ANNA)
        assert await one.caller.tell(ANNA, "等等", token) == 45015


async def test_contents_are_checked() -> None:
    async with pair() as one:
        await one.platform.say(ANNA, "你好")
        token = (await one.caller.token())["access_token"]

        async def send(**body: object) -> int:
            code: int = (await one.caller.post("message/custom/send", {"touser": ANNA, **body}, token=token))[
                "errcode"
            ]
            return code

        assert await one.caller.tell(ANNA, "好" * 683, token) == 45002
        assert await one.caller.tell(ANNA, "", token) == 44004
        assert await send(msgtype="poem", poem={}) == 40008
        assert await send(msgtype="text") == 47001
        assert await send(msgtype="msgmenu", msgmenu={"head_content": "选", "list": []}) == 47001
        assert await send(msgtype="image", image={"media_id": "none"}) == 40007
        for raw, code in ((b"{", 47001), (b"", 44002)):
            assert (await one.caller.post("message/custom/send", raw, token=token))["errcode"] == code
        assert texts(one) == []


async def test_escaped_json_is_shown_as_wechat_shows_it_and_is_a_problem() -> None:
    async with pair() as one:
        await one.platform.say(ANNA, "你好")
        token = (await one.caller.token())["access_token"]
        body = {"touser": ANNA, "msgtype": "text", "text": {"content": '好\\u597d"\n'}}
        await one.caller.post(
            "message/custom/send", json.dumps(body, ensure_ascii=False).encode(), token=token
        )
        assert one.platform.problems == []
        await one.caller.post("message/custom/send", json.dumps(body).encode(), token=token)
        assert texts(one) == ['好\\u597d"\n', '\\u597d\\u597d"\n']
        assert len(one.platform.problems) == 1


async def test_an_entry_of_a_message_menu_comes_back_as_its_text() -> None:
    async with pair() as one:
        await one.platform.say(ANNA, "评价")
        token = (await one.caller.token())["access_token"]
        menu = {
            "head_content": "您满意吗？",
            "list": [{"id": "r5", "content": "满意"}, {"id": "r1", "content": "不满意"}],
            "tail_content": "谢谢",
        }
        done = await one.caller.post(
            "message/custom/send", {"touser": ANNA, "msgtype": "msgmenu", "msgmenu": menu}, token=token
        )
        assert done["errcode"] == 0
        (seen,) = one.platform.seen(ANNA)
        assert (seen.text, [button.title for button in seen.buttons]) == (
            "您满意吗？\n谢谢",
            ["满意", "不满意"],
        )
        await one.platform.press(ANNA, seen.buttons[1].press)
        await one.platform.press(ANNA, seen.buttons[1].press, with_id=False)
        first, second = (received.fields for received in one.server.received[-2:])
        assert (first["Content"], first["bizmsgmenuid"]) == ("不满意", "r1")
        assert second["Content"] == "不满意"
        assert "bizmsgmenuid" not in second


async def test_typing_is_allowed_shortly_after_a_message() -> None:
    async with pair() as one:
        await one.platform.say(ANNA, "你好")
        token = (await one.caller.token())["access_token"]

        async def typing(command: str) -> int:
            body = {"touser": ANNA, "command": command}
            code: int = (await one.caller.post("message/custom/typing", body, token=token))["errcode"]
            return code

        assert await typing("Typing") == 0
        assert one.platform.citizen(ANNA).typing
        assert await typing("Dancing") == 45072
        assert await typing("Typing") == 45081
        one.platform.pass_time(16)
        assert not one.platform.citizen(ANNA).typing
        assert await typing("Typing") == 0
        one.platform.pass_time(15)
        assert await typing("CancelTyping") == 45080


async def test_templates_reach_followers_and_the_account_hears_that_they_did() -> None:
    account = Account("", templates={"T1": Template("办理结果", ("number", "result"))})
    async with pair(account=account) as one:
        await one.platform.subscribe(ANNA)
        token = (await one.caller.token())["access_token"]
        data = {"number": {"value": "SD-1"}, "result": {"value": "已办结"}}

        async def send(**changes: object) -> dict[str, Any]:
            body = {"touser": ANNA, "template_id": "T1", "data": data, **changes}
            return await one.caller.post("message/template/send", body, token=token)

        assert (await send(template_id="T9"))["errcode"] == 40037
        assert (await send(data={"number": {"value": "SD-1"}}))["errcode"] == 47003
        one.platform.pass_time(49 * 3600)
        token = (await one.caller.token())["access_token"]
        done = await send()
        assert done["errcode"] == 0
        await one.platform.settled()
        finished = one.server.received[-1].fields
        assert (finished["Event"], finished["MsgID"], finished["Status"]) == (
            *("TEMPLATESENDJOBFINISH", str(done["msgid"]), "success"),
        )
        assert [(seen.how, seen.text) for seen in one.platform.seen(ANNA)] == [
            ("template", "【办理结果】\nnumber：SD-1\nresult：已办结")
        ]
        await one.platform.unsubscribe(ANNA)
        assert (await send())["errcode"] == 43004


async def test_a_subscription_notice_uses_up_one_consent() -> None:
    account = Account("", templates={"S1": Template("回访提醒", once=True)})
    async with pair(account=account) as one:
        await one.platform.consent(ANNA, "S1")
        assert one.server.received[0].fields["Event"] == "subscribe_msg_popup_event"
        token = (await one.caller.token())["access_token"]

        async def send(words: str) -> int:
            body = {"touser": ANNA, "template_id": "S1", "data": {"thing1": {"value": words}}}
            code: int = (await one.caller.post("message/subscribe/bizsend", body, token=token))["errcode"]
            return code

        assert [await send("长" * 21), await send("请评价"), await send("请评价")] == [47003, 0, 43101]


async def test_a_subscription_account_has_no_interface_to_send() -> None:
    async with pair(account=Account("", kind="subscription")) as one:
        one.server.answer = one.server.echo
        assert (await one.platform.say(ANNA, "你好")).outcome == "passive"
        token = (await one.caller.token())["access_token"]
        assert await one.caller.tell(ANNA, "好", token) == 48001
        assert (await one.caller.post("menu/create", {"button": []}, token=token))["errcode"] == 48001


async def test_the_menu_is_checked_kept_and_deleted() -> None:
    async with pair() as one:
        token = (await one.caller.token())["access_token"]

        async def create(*buttons: object) -> int:
            code: int = (await one.caller.post("menu/create", {"button": list(buttons)}, token=token))[
                "errcode"
            ]
            return code

        click = {"type": "click", "name": "反映问题", "key": "FILE"}
        assert await create() == 40016
        assert await create(*[click] * 4) == 40016
        assert await create({**click, "name": "太长的菜单名字"}) == 40018
        assert await create({**click, "type": "dance"}) == 40017
        assert await create({"type": "click", "name": "无键"}) == 40019
        assert await create({"name": "更多", "sub_button": [click] * 6}) == 40023
        assert (await one.caller.get("menu/get", access_token=token)).json()["errcode"] == 46003
        assert await create(click, {"name": "更多", "sub_button": [click]}) == 0
        kept = (await one.caller.get("menu/get", access_token=token)).json()
        assert kept["menu"]["button"][0] == click
        await one.caller.get("menu/delete", access_token=token)
        assert one.platform.menu is None


async def test_media_come_as_bytes_for_three_days() -> None:
    async with pair() as one:
        await one.platform.send_image(ANNA, JPEG)
        await one.platform.send_voice(ANNA, b"#!AMR\nnarrow", wide=b"Ogg wide")
        image, voice = (received.fields["MediaId"] for received in one.server.received)
        token = (await one.caller.token())["access_token"]
        photo = await one.caller.get("media/get", access_token=token, media_id=image)
        assert (photo.type, photo.content) == ("image/jpeg", JPEG)
        assert photo.name == f'attachment; filename="{image}.jpg"'
        narrow = await one.caller.get("media/get", access_token=token, media_id=voice)
        assert (narrow.type, narrow.content) == ("audio/amr", b"#!AMR\nnarrow")
        wide = await one.caller.get("media/get/jssdk", access_token=token, media_id=voice)
        assert (wide.type, wide.content) == ("voice/speex", b"Ogg wide")
        nothing = await one.caller.get("media/get", access_token=token, media_id="none")
        assert nothing.json()["errcode"] == 40007
        one.platform.pass_time(3 * 86400 + 1)
        token = (await one.caller.token())["access_token"]
        late = await one.caller.get("media/get", access_token=token, media_id=image)
        assert late.json()["errcode"] == 40007


# Faults


async def test_a_duplicate_is_sent_after_acceptance_and_shows_nothing_twice() -> None:
    async with pair() as one:
        one.server.answer = one.server.echo
        one.platform.faults.duplicate()
        result = await one.platform.say(ANNA, "你好")
        assert len({received.fields["MsgId"] for received in one.server.received}) == 1
        assert len(one.server.received) == len(result.tries) == 2
        assert texts(one) == ["您说的是：你好"]


@pytest.mark.parametrize(("where", "arrived"), [("before", 1), ("mid_reply", 2)])
async def test_a_dropped_try_is_followed_by_another(where: Any, arrived: int) -> None:
    async with pair() as one:
        one.server.answer = one.server.echo
        one.platform.faults.drop(where, openid=ANNA)
        assert len((await one.platform.say(BERTA, "你好")).tries) == 1
        result = await one.platform.say(ANNA, "你好")
        assert [one_try.outcome for one_try in result.tries] == ["cut", "passive"]
        assert len(one.server.received) == 1 + arrived
        assert texts(one) == ["您说的是：你好"]


async def test_two_citizens_messages_can_change_places_and_one_can_be_late() -> None:
    async with pair() as one:
        one.platform.faults.reorder(openid=ANNA)
        first = asyncio.create_task(one.platform.say(ANNA, "先说"))
        await asyncio.sleep(0.05)
        await one.platform.say(BERTA, "后说")
        await first
        assert [received.text for received in one.server.received] == ["后说", "先说"]
        one.platform.faults.delay(0.2)
        late = asyncio.create_task(one.platform.say(ANNA, "晚"))
        await asyncio.sleep(0.05)
        await one.platform.say(BERTA, "早")
        await late
        assert [received.text for received in one.server.received[2:]] == ["早", "晚"]


async def test_calls_are_answered_with_codes_on_command() -> None:
    async with pair() as one:
        await one.platform.say(ANNA, "你好")
        token = (await one.caller.token())["access_token"]
        one.platform.faults.answer_calls(-1, times=2, path="message/custom/send")
        one.platform.faults.answer_calls(45009, path="message/custom/send")
        codes = [await one.caller.tell(ANNA, str(number), token) for number in range(4)]
        assert codes == [-1, -1, 45009, 0]
        assert [call.errcode for call in one.platform.calls("message/custom/send")] == codes


@pytest.mark.parametrize(("where", "shown"), [("before", []), ("after", ["好"])])
async def test_a_calls_connection_is_cut_before_or_after_it_is_worked_on(
    where: Any, shown: list[str]
) -> None:
    async with pair() as one:
        await one.platform.say(ANNA, "你好")
        token = (await one.caller.token())["access_token"]
        one.platform.faults.cut_calls(where, path="message/custom/send")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await one.caller.tell(ANNA, "好", token)
        assert texts(one) == shown
        assert await one.caller.tell(ANNA, "再来", token) == 0


async def test_an_outage_refuses_connections_and_ends() -> None:
    async with pair() as one:
        await one.platform.say(ANNA, "你好")
        token = (await one.caller.token())["access_token"]
        await one.platform.outage(0.4)
        await asyncio.sleep(0.05)  # an open connection is seen to be broken
        with pytest.raises(aiohttp.ClientConnectorError):
            await one.caller.tell(ANNA, "好", token)
        await asyncio.sleep(0.5)
        assert await one.caller.tell(ANNA, "好", token) == 0
        await one.platform.outage(0.2, "busy")
        assert await one.caller.tell(ANNA, "好", token) == -1
        await one.platform.outage(0.2, "bad_gateway")
        assert (await one.caller.get("getcallbackip", access_token=token)).status == 502
        await asyncio.sleep(0.25)
        assert await one.caller.tell(ANNA, "好", token) == 0


async def test_faults_can_be_set_over_http() -> None:
    async with pair() as one, aiohttp.ClientSession() as http:

        async def fault(**body: object) -> int:
            async with http.post(f"{one.platform.url}/faults", json=body) as answer:
                return answer.status

        assert await fault(what="drop", where="before") == 200
        assert [one_try.outcome for one_try in (await one.platform.say(ANNA, "一")).tries] == [
            "cut",
            "silent",
        ]
        assert await fault(what="rates", duplicated=1.0) == 200
        assert len((await one.platform.say(ANNA, "二")).tries) == 2
        assert await fault(what="heal") == 200
        assert await fault(what="outage", seconds=0.2) == 200
        await asyncio.sleep(0.1)
        with pytest.raises(aiohttp.ClientError):
            await fault(what="heal")
        await asyncio.sleep(0.3)
        assert await fault(what="earthquake") == 400
        assert await fault(what="delay", minutes=1) == 400
        async with http.get(f"{one.platform.url}/counters") as answer:
            told = await answer.json()
        assert told["counters"]["message silent"] == 2
        assert told["counters"]["try cut"] == 1


async def test_faults_by_chance_are_the_same_for_the_same_seed() -> None:
    def plans(seed: int) -> list[tuple[float, bool, list[str]]]:
        faults = Faults(seed, LOAD)
        made = [faults.plan(openid_of(number % 20)) for number in range(2000)]
        return [(plan.delay, plan.duplicate, list(plan.drops)) for plan in made]

    first = plans(7)
    assert first == plans(7) != plans(8)
    shares = [sum(map(bool, part)) / len(first) for part in zip(*first, strict=True)]
    assert shares == pytest.approx([0.05, 0.05, 0.02], abs=0.02)


async def test_two_hundred_citizens_lose_and_double_nothing_among_faults() -> None:
    """600 messages of 200 citizens with the faults of a busy day, at the speed that the machine allows."""
    faults = Faults(1, replace(LOAD, longest_delay=0.2))
    async with pair(faults=faults) as one:
        one.server.answer = one.server.echo

        async def talk(number: int) -> None:
            for turn in range(3):
                await one.platform.say(openid_of(number), f"{number}/{turn}")

        await asyncio.gather(*(talk(number) for number in range(200)))
        for number in range(200):
            assert_seen(
                [f"您说的是：{number}/{turn}" for turn in range(3)], one.platform.heard(openid_of(number))
            )
        counters = one.platform.counters()
        assert counters["message passive"] == 600
        assert counters["try cut"] > 0
        assert len(one.server.received) > 600


# What is compared


def test_lost_doubled_strange_and_disordered_texts_are_told_apart() -> None:
    assert differences(["一", "二", "二"], ["一", "二", "二"]).none
    found = differences(["一", "二", "三"], ["二", "一", "一", "四"])
    assert (found.lost, found.doubled, found.strange, found.in_order) == (("三",), ("一",), ("四",), False)
    with pytest.raises(AssertionError, match="lost"):
        assert_seen(["一"], [])


async def test_waiting_for_something_that_never_comes_says_what_came() -> None:
    async with pair() as one:
        one.server.answer = one.server.echo
        await one.platform.say(ANNA, "你好")
        with pytest.raises(AssertionError, match="您说的是"):
            await one.platform.wait_seen(ANNA, 2, timeout=0.1)
