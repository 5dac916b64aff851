"""Requests as WeChat signs them, made with wechatpy: another hand than the one that checks them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

TOKEN = "sudatoken123"
APPID = "wx1234567890abcdef"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"


def signature(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return signer.signature


def xml(**elements: str) -> str:
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in elements.items())
    return f"<xml>{inner}</xml>"


def text_message(text: str = "暖气不热", *, openid: str = "o-甲", number: str = "1001", **others: str) -> str:
    return xml(
        ToUserName="gh_suda",
        FromUserName=openid,
        CreateTime=str(int(time.time())),
        MsgType="text",
        Content=text,
        MsgId=number,
        **others,
    )


@dataclass
class Signed:
    """A request's query and body."""

    body: str
    token: str = TOKEN
    key: str | None = None
    timestamp: str = field(default_factory=lambda: str(int(time.time())))
    nonce: str = "5577006791"

    def query(self) -> dict[str, str]:
        query = {
            "timestamp": self.timestamp,
            "nonce": self.nonce,
            "signature": signature(self.token, self.timestamp, self.nonce),
            "openid": "o-1",
        }
        if self.key is not None:
            sealed = self.sealed()
            query |= {
                "encrypt_type": "aes",
                "msg_signature": signature(self.token, self.timestamp, self.nonce, sealed),
            }
        return query

    def sealed(self) -> str:
        """The encrypted body; the same each time it is asked for."""
        if not hasattr(self, "_sealed"):
            crypto = WeChatCrypto(self.token, self.key, APPID)
            whole = crypto.encrypt_message(self.body, self.nonce, self.timestamp)
            self._sealed = whole.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
        return self._sealed

    def content(self) -> bytes:
        if self.key is None:
            return self.body.encode()
        return xml(ToUserName="gh_suda", Encrypt=self.sealed()).encode()
