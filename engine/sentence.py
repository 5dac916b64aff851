"""A tokenizer that leaves a sentence whole, so that the character runs of the featurizer cross the borders of words.

Chinese steering differs in few characters ("还是登记吧", "不登记吧"), and a word segmenter cuts exactly there: runs that stop at its
borders cost 3 points of F1 on unseen sentences (docs/evaluation.md). Rasa's ``WhitespaceTokenizer`` would do the same and
refuses Chinese.
"""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SentenceTokenizer(Tokenizer):
    """One token a sentence, without spaces and the marks at its end."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The tokenizer's configuration; nothing of it is used."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """The whole text as one token."""
        text = message.get(attribute)
        whole = "".join(text.split()).rstrip("。.！!~～") or text
        return [Token(whole, 0)]
