"""What the trained model takes texts for: ``python -m engine.predict MODEL``; JSON texts in, JSON predictions out, a line each."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, List, Optional

PROJECT = Path(__file__).resolve().parent.parent


def predict(model: Path, cache: Path, texts: List[str]) -> List[Any]:
    """The intent of each text and how sure the model is: ``[name, confidence]``, in order."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    from engine.absent import config_components, leave_out

    leave_out(config_components(PROJECT / "config.yml"))

    import jieba
    from rasa.core.agent import Agent

    jieba.dt.tmp_dir = str(cache)
    agent = Agent.load(str(model))

    async def parse() -> List[Any]:
        found = []
        for text in texts:
            parsed = await agent.parse_message(text)
            found.append([parsed["intent"]["name"], round(float(parsed["intent"]["confidence"]), 4)])
        return found

    return asyncio.run(parse())


def main(argv: Optional[List[str]] = None) -> None:
    """Read JSON strings from standard input, write JSON pairs to standard output."""
    parser = argparse.ArgumentParser(prog="engine.predict", description=__doc__)
    parser.add_argument("model", type=Path, help="a model that engine.train made")
    parser.add_argument("--cache", type=Path, help="folder of caches; default var/cache")
    options = parser.parse_args(argv)
    texts = [json.loads(line) for line in sys.stdin if line.strip()]
    cache = (options.cache or PROJECT / "var" / "cache").resolve()
    for found in predict(options.model, cache, texts):
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
