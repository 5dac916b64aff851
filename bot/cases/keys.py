"""After a change of master key: the keys of cases without identity."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cases.tables import CaseTextRow
from bot.storage.sealing import Vault

_TEXTS = CaseTextRow.__table__.c


async def rewrap_case_keys(session: AsyncSession, vault: Vault, *, limit: int = 1000) -> int:
    """Wrap case keys anew, up to ``limit`` a call; call again, in new transactions, until it returns 0.

    :func:`bot.identity.rewrap_keys` does the same for citizens. When both return 0 the old master key may go.
    """
    rows = await session.execute(
        select(_TEXTS.case_id, _TEXTS.wrapped_key)
        .where(
            _TEXTS.wrapped_key.is_not(None),
            func.substr(_TEXTS.wrapped_key, 1, len(vault.current_id)) != vault.current_id,
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    stale = rows.all()
    for case_id, wrapped in stale:
        fresh = vault.wrap(vault.unwrap(wrapped))
        await session.execute(update(CaseTextRow).where(_TEXTS.case_id == case_id).values(wrapped_key=fresh))
    return len(stale)
