"""How Hydra reads YAML here: with the compiled parser, where there is one, and OmegaConf's own rules for values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import omegaconf._utils as omegaconf_rules
import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

_own_loader = omegaconf_rules.get_yaml_loader


@contextmanager
def read_fast() -> Iterator[None]:
    """In here OmegaConf, which composing asks for each file twice, gets the same values in a fifth of the time."""
    omegaconf_rules.get_yaml_loader = _loader
    try:
        yield
    finally:
        omegaconf_rules.get_yaml_loader = _own_loader


@cache
def _loader() -> Any:
    """OmegaConf's loader on libyaml's parser; as it is, where PyYAML was built without."""
    own = _own_loader()
    if not yaml.__with_libyaml__:
        return own
    from yaml import cyaml  # not there without libyaml

    parser: Any = vars(cyaml)["CParser"]

    class Loader(parser, own):  # type: ignore[misc,valid-type]
        """The parser's way to read, the other's way to understand."""

        def __init__(self, stream: Any) -> None:
            parser.__init__(self, stream)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)

    return Loader
