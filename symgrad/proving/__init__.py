"""Claims decided: search proposes, a small kernel checks, phrases explain; the kernel loads by itself."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.proving.search import prove

__all__ = ["prove"]


def __getattr__(name: str) -> Any:
    if name != "prove":
        raise AttributeError(name)
    from symgrad.proving.search import prove

    return prove
