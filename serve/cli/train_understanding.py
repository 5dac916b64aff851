"""``suda train understanding``: learn leaves and kinds anew, from the content and a city's own cases, and say what it gained."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import typer

from bot.catalogue import KINDS, Catalogue, Example


def train_understanding(data: Path | None) -> None:
    """Learn now; with ``data`` the city's cases are lessons from then on.

    A running system takes the new models at its next start.

    Args:
        data: JSON lines of labelled cases; bad lines are told and left out.
    """
    from bot.embedding import get_embedder
    from bot.settings import get_settings
    from bot.understanding.evaluation.gain import cross_validate
    from bot.understanding.history import keep_history, load_history
    from bot.understanding.storage import save_models
    from bot.understanding.training import fingerprint, material, train
    from bot.vectorcache import VectorCache
    from bot.vectorpack import FOLDER
    from serve.cli.output import BadLines, emit, progress_bar, wants_json
    from serve.parts import build_catalogue

    settings = get_settings()
    catalogue = build_catalogue(settings)
    folder = settings.data_dir / "models"
    bad = BadLines()
    as_json = wants_json(asked=False)
    kept = None
    if data is not None:
        rows = _read(data, bad, catalogue)
        if not rows:
            bad.report(0, "no line of the file can be used; nothing was changed")
            bad.finish()
        kept = keep_history(folder, rows)
    history = load_history(folder, catalogue)
    embedder = get_embedder()
    cache = VectorCache(folder, settings.content_dir / FOLDER)
    with progress_bar("vectors", hidden=as_json) as progress:
        stuff = material(catalogue, embedder, cache, progress, history)
    report: dict[str, Any] = {
        "lessons": len(stuff.base) + len(stuff.examples.examples),
        "history": len(history.examples) if history is not None else 0,
        "bad_rows": bad.count,
    }
    if kept is not None and history is not None:
        with progress_bar("cross-validation", hidden=as_json) as progress:
            before, after = cross_validate(catalogue, stuff, len(history.examples), progress)
        report |= {"top1_without_history": round(before, 4), "top1_with_history": round(after, 4)}
    start = time.process_time()
    models = train(catalogue, stuff)
    report["train_cpu_seconds"] = round(time.process_time() - start, 1)
    save_models(folder / "understanding.bin", fingerprint(catalogue, embedder, history), models)
    if as_json:
        emit(report)
    else:
        _tell(report)
    bad.finish()


def _read(path: Path, bad: Any, catalogue: Catalogue) -> list[Example]:
    from bot.understanding.readable import why_unreadable
    from serve.cli.output import read_lines

    leaves = {leaf.code for leaf in catalogue.leaves}
    rows = []
    for line in read_lines(str(path), bad, required={"text": str, "category": str}):
        text, code = line.value["text"], line.value["category"]
        kind = line.value.get("kind") or catalogue.lessons.usual_kind.get(code, "投诉")
        if why := why_unreadable(text):
            bad.report(line.number, why)
        elif code not in leaves:
            bad.report(line.number, f"category {code} is no leaf of the catalogue")
        elif kind not in KINDS:
            bad.report(line.number, f"kind {kind} is none of {'、'.join(KINDS)}")
        else:
            rows.append(Example(code, text, kind))
    return rows


def _tell(report: dict[str, Any]) -> None:
    typer.echo(f"{report['lessons']} lessons learnt in {report['train_cpu_seconds']} s of CPU.")
    if report["history"]:
        typer.echo(f"{report['history']} of them are the city's own cases.")
    if "top1_with_history" in report:
        typer.echo(
            f"Right leaf first on those cases: {report['top1_without_history']:.3f} without them,"
            f" {report['top1_with_history']:.3f} with them (five-fold, the tested fold never taught)."
        )
    typer.echo("A running system takes the new models at its next start.")
