"""The account's menu: what menu/create accepts (自定义菜单创建接口)."""

from __future__ import annotations

from typing import Any

_KEYED = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "location_select",
}


def menu_errcode(body: dict[str, Any]) -> int:
    """0 when this menu can be made, else the code it is refused with."""
    buttons = body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        return 40016
    for button in buttons:
        children = button.get("sub_button") if isinstance(button, dict) else None
        if children:
            if not isinstance(children, list) or len(children) > 5:
                return 40023
            if code := _name(button, 16, 40018):
                return code
            for child in children:
                if code := _name(child, 60, 40025) or _leaf(child):
                    return code
        elif code := _name(button, 16, 40018) or _leaf(button):
            return code
    return 0


def _name(button: Any, limit: int, code: int) -> int:
    name = button.get("name") if isinstance(button, dict) else None
    return 0 if isinstance(name, str) and 0 < len(name.encode()) <= limit else code


def _leaf(button: dict[str, Any]) -> int:
    kind = button.get("type")
    if kind in _KEYED:
        key = button.get("key")
        return 0 if isinstance(key, str) and 0 < len(key.encode()) <= 128 else 40019
    if kind == "view":
        url = button.get("url")
        return 0 if isinstance(url, str) and 0 < len(url.encode()) <= 1024 else 40020
    return 40017


def leaves(menu: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The entries of a menu that can be pressed, in order."""
    found: list[dict[str, Any]] = []
    for button in (menu or {}).get("button", []):
        found += button.get("sub_button") or [button]
    return found
