"""``suda wechat``: what an operator does with the Official Account from the command line."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="The WeChat Official Account.", no_args_is_help=True)
    group.command("menu")(menu)
    app.add_typer(group, name="wechat")


def menu(
    show: bool = typer.Option(False, "--show", help="Print the menu that citizens see, change nothing."),
    delete: bool = typer.Option(False, "--delete", help="Remove the menu."),
) -> None:
    """Make content/channels/wechat_menu.json the menu under the account's chat."""
    import json

    from bot.settings import get_settings
    from channels.wechat.account import Account, load_menu, require_settings

    with Account(require_settings()) as account:
        if show:
            typer.echo(json.dumps(account.menu() or {"button": []}, ensure_ascii=False, indent=2))
        elif delete:
            account.drop_menu()
            typer.echo("The menu is removed.")
        else:
            wanted = load_menu(get_settings().content_dir)
            account.put_menu(wanted)
            names = "、".join(entry["name"] for entry in wanted["button"])
            typer.echo(
                f"The menu is set: {names}. Phones show it within a day, at once after following anew."
            )
