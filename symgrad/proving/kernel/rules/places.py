"""A letter that can only be one place: the claim there."""

from __future__ import annotations

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.places import at
from symgrad.notation.tree import Name, Tree
from symgrad.proving.kernel.depth.claims import labels
from symgrad.proving.kernel.depth.readings import binds, stems
from symgrad.proving.kernel.rules.entry import Entry, Prove, only
from symgrad.proving.kernel.rules.ranges import letters_of
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.kernel.written import spelled_out


def place(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The claim with n = 1 put in, where 1 <= n and n <= 1 certainly hold; or with n = i."""
    only(entry, "letter", "place", "proof")
    letter, there = entry["letter"], from_data(entry["place"])
    if not isinstance(letter, str) or letter in stems(there) or binds(statement, letter):
        raise CertificateError("certificate-malformed", problem="letter")
    unlabelled(letter, here)
    letters, name = letters_of(here, statement), Name(letter)
    if not (letters.at_least(there, name) and letters.at_least(name, there)):
        raise CertificateError("certificate-missing")
    changed, setting = placed(statement, here, letter, there)
    prove(changed, entry["proof"], setting)


def unlabelled(letter: str, here: Setting) -> None:
    """The n of a chain's w_n is a part of its name where no loop runs to n: w_1 is another name."""
    loop = None if here.families is None else here.families.loop
    if letter in labels(tuple(here.definitions), loop):
        raise CertificateError("certificate-malformed", problem="letter")


def placed(statement: Tree, here: Setting, letter: str, there: Tree) -> tuple[Tree, Setting]:
    """The claim and the assumptions with a place put in for a letter; the assumptions as they were, too."""
    changed = [at(u, {letter: there}) for u in here.used if not binds(u, letter)]
    setting = here.using(tuple(dict.fromkeys((*here.used, *changed))))
    return spelled_out(at(statement, {letter: there}), here.functions), setting
