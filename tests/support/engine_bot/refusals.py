"""Try to apply each patch to a Rasa that is not the one it was written for; prints what happened as JSON."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import rasa

from engine import patches
from engine.patches import guard

logging.disable()
names = patches.chosen("all")
modules = {name: patches._module(name) for name in names}
targets = {target for module in modules.values() for target in module.SOURCES if ":" in target}
before = {target: guard.resolve(target) for target in targets}

version = rasa.__version__
rasa.__version__ = "3.6.22"
other_version = patches.apply("all")
rasa.__version__ = version

other_source = []
for name, module in modules.items():
    known = dict(module.SOURCES)
    for target in known:
        module.SOURCES[target] = "0" * 64
        other_source += patches.apply(name)
        module.SOURCES[target] = known[target]

changed = [target for target in targets if guard.resolve(target) is not before[target]]
sys.stdout.write(
    json.dumps(
        {
            "applied_to_another_version": other_version,
            "applied_to_other_source": other_source,
            "changed_by_refused_patches": changed,
            "this_rasa": patches.apply("all"),
        }
    )
    + "\n"
)
