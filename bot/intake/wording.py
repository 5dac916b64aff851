"""The few sentences that must reach a citizen when the dialogue itself cannot speak.

All other wording is in ``nlu/responses.yml``; these are said when the engine that reads it is away.
"""

from __future__ import annotations

from bot.messages import Reply

KEPT = Reply("您的消息已经收好，我这边正在恢复，稍后马上回复您，不用再发一遍。")
"""Said once when the answer is late because the engine is away."""

STILL_HEARING = Reply("您的语音收到了，我还在听，听完马上回复您，不用再发一遍。")
"""Said once when a voice note takes so long that the platform's own sign for it has gone out."""

GAVE_UP = Reply("很抱歉，这条消息我没能处理好。内容已经完整保存，工作人员会看到；您也可以换个说法再发一次。")
"""Said when nothing more will be tried; the message stays for a clerk."""

CALL_UNHEARD = Reply("刚才的电话里没听清您说的事。请在这里告诉我：是什么事，在哪里，从什么时候开始的？")
"""Said to a caller who goes on in writing, where nothing was heard in the call."""
