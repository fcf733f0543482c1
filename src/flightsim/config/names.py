"""Names of places as people write them, in lists and mappings on the command line.

Hydra's grammar has no quotes around keys, and reads neither an apostrophe nor a letter beyond ASCII in a word. Such
names are hidden from it as plain words, and shown again in what it read.
"""

from __future__ import annotations

import re
from typing import Any

from hydra.core.override_parser.types import ChoiceSweep

HIDDEN = re.compile(r"hidden_name_((?:[0-9a-f]{2})+)")
WORD = r"[^\s\"'{}\[\],:=\\][^{}\[\],:\"]*?"
KEY = re.compile(rf"""([{{,]\s*)("[^"]*"|'[^']*'|{WORD})(?=\s*:)""")
VALUE = re.compile(rf"""([\[,:]\s*)({WORD})(?=\s*[\],}}])""")
PLAIN = re.compile(r"[ -&(-~]*")  # ASCII without an apostrophe


def hidden(text: str) -> str:
    """An override with the names in its lists and mappings hidden."""
    name, _, value = text.partition("=")
    if not value.startswith(("{", "[")):
        return text
    value = KEY.sub(lambda found: found[1] + _hide(found[2], always=found[2][0] in "\"'"), value)
    return f"{name}={VALUE.sub(lambda found: found[1] + _hide(found[2]), value)}"


def shown(value: Any) -> Any:
    """What was read, with the hidden names in it again."""
    if isinstance(value, ChoiceSweep):
        value.list = [shown(each) for each in value.list]
        return value
    if isinstance(value, dict):
        return {shown(key): shown(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shown(each) for each in value]
    if isinstance(value, str):
        return HIDDEN.sub(lambda found: bytes.fromhex(found[1]).decode(), value)
    return value


def _hide(word: str, always: bool = False) -> str:
    if not always and PLAIN.fullmatch(word):
        return word
    bare = word[1:-1] if always else word
    return f"hidden_name_{bare.encode().hex()}"
