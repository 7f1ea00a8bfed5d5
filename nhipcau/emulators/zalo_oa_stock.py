"""What an Official Account owns: articles, approved templates, and assets that make groups."""

import secrets
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


def new_id() -> str:
    return secrets.token_hex(10)


@dataclass
class Article:
    """An article. It is usable after `polls` questions whether it is ready."""

    content: Json
    polls: int
    token: str = field(default_factory=new_id)
    id: str = field(default_factory=new_id)


@dataclass
class Template:
    """An approved ZBS template. Tags: 1 transaction, 2 customer care, 3 promotion."""

    id: str
    parameters: frozenset[str]
    tag: int = 1
    by_uid: bool = True
    enabled: bool = True


@dataclass
class Asset:
    """The right to make one group of so many members."""

    product_type: str = "gmf100"
    id: str = field(default_factory=new_id)
    used: bool = False

    @property
    def places(self) -> int:
        return int(self.product_type.removeprefix("gmf"))
