"""Parts of Rasa that this engine does not use, kept from being loaded.

Rasa imports every component and every channel it knows before it looks at a model. TensorFlow alone costs 5 s of CPU and
250 MB at each start, for DIET, TED and their like; thirteen foreign channels cost another half second. A model whose
components all stand in :data:`LIGHT` needs none of them. Any other model loads Rasa as it is.
"""

from __future__ import annotations

import sys
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any, Dict, Iterable, NoReturn, Set, Tuple

import orjson
import yaml

LIGHT = frozenset(
    {
        "AugmentedMemoizationPolicy",
        "CountVectorsFeaturizer",
        "EntitySynonymMapper",
        "FallbackClassifier",
        "JiebaTokenizer",
        "KeywordIntentClassifier",
        "LexicalSyntacticFeaturizer",
        "LogisticRegressionClassifier",
        "MemoizationPolicy",
        "RegexEntityExtractor",
        "RegexFeaturizer",
        "RulePolicy",
        "SentenceTokenizer",
        "WhitespaceTokenizer",
    }
)
"""Components that work without TensorFlow."""

HEAVY: Dict[str, Tuple[str, ...]] = {
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.utils.train_utils": (),
}
"""Modules that import TensorFlow, and what others import from them."""

CHANNELS: Dict[str, Tuple[str, ...]] = {
    "rasa.core.channels.botframework": ("BotFrameworkInput",),
    "rasa.core.channels.callback": ("CallbackInput",),
    "rasa.core.channels.facebook": ("FacebookInput",),
    "rasa.core.channels.hangouts": ("HangoutsInput",),
    "rasa.core.channels.mattermost": ("MattermostInput",),
    "rasa.core.channels.rasa_chat": ("RasaChatInput",),
    "rasa.core.channels.rocketchat": ("RocketChatInput",),
    "rasa.core.channels.slack": ("SlackInput",),
    "rasa.core.channels.socketio": ("SocketIOInput",),
    "rasa.core.channels.telegram": ("TelegramInput",),
    "rasa.core.channels.twilio": ("TwilioInput",),
    "rasa.core.channels.twilio_voice": ("TwilioVoiceInput",),
    "rasa.core.channels.webexteams": ("WebexTeamsInput",),
}
"""Channels of other services; ours speak to the app, never to the engine."""


class Absent:
    """Stands in for a class that was left out; making one is an error that says what to do."""

    @classmethod
    def name(cls) -> str:
        """The class's name, by which Rasa lists channels."""
        return cls.__name__

    def __init__(self, *_: Any, **__: Any) -> None:
        self._refuse()

    @classmethod
    def _refuse(cls) -> NoReturn:
        raise ImportError(f"{cls.__name__} was left out to start faster: see engine/absent.py.")


def model_components(model: Path) -> Set[str]:
    """Names of the components that a trained model runs."""
    with tarfile.open(model) as archive:
        for member in archive:
            if member.name.rsplit("/", 1)[-1] == "metadata.json":
                metadata = orjson.loads(archive.extractfile(member).read())  # type: ignore[union-attr]
                return {
                    node["uses"].rsplit(".", 1)[-1] for node in metadata["predict_schema"]["nodes"].values()
                } - _MACHINERY
    raise SystemExit(f"{model} is no Rasa model: it has no metadata.json.")


def config_components(config: Path) -> Set[str]:
    """Names of the components that a ``config.yml`` asks for; one that Rasa would choose itself counts as unknown."""
    body = yaml.safe_load(config.read_text("utf-8"))
    parts = [*(body.get("pipeline") or ["?"]), *(body.get("policies") or ["?"])]
    return {str(part["name"] if isinstance(part, dict) else part).rsplit(".", 1)[-1] for part in parts}


_MACHINERY = frozenset(
    {
        "DefaultPolicyPredictionEnsemble",
        "DomainProvider",
        "NLUMessageConverter",
        "NLUPredictionToHistoryAdder",
        "RegexMessageHandler",
        "RuleOnlyDataProvider",
    }
)


def leave_out(components: Iterable[str]) -> bool:
    """Keep what these components do not need from loading; call before anything imports Rasa.

    Returns:
        Whether TensorFlow's users are among it.
    """
    light = set(components) <= LIGHT
    for module, names in {**CHANNELS, **(HEAVY if light else {})}.items():
        if module not in sys.modules:
            absent = ModuleType(module, "Left out, see engine/absent.py.")
            for name in names:
                setattr(absent, name, type(name, (Absent,), {"__module__": module}))
            sys.modules[module] = absent
    return light
