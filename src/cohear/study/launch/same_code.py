"""Whether another machine would give the same numbers: with cohear as it is here, and packages of the same versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cohear.base.plugins import packages_with_parts
from cohear.runs.carried import Carried
from cohear.runs.in_place import PackInPlace
from cohear.study.launch.ssh.first_steps import lacking_packages
from cohear.study.launch.ssh.installed import code_here, packages_needed


@dataclass(frozen=True)
class SameCode:
    """What runs need of a machine.

    Attributes:
        code: digest of cohear's code.
        packages: with the versions that will do, as ``pip`` writes them.
    """

    code: str
    packages: Mapping[str, str]

    @classmethod
    def of(cls, pack: PackInPlace | Carried) -> SameCode:
        """For the runs of a pack, as it is on this machine."""
        with_parts = pack.index.packages if isinstance(pack, Carried) else packages_with_parts()
        return cls(code_here()[0], packages_needed(pack.manifest.versions, with_parts))

    def why_not_here(self) -> str:
        """What of this machine would give other numbers; empty where nothing would."""
        if lacking := lacking_packages(self.packages):
            return f"it lacks {', '.join(map(''.join, lacking.items()))}: install that on the node"
        if code_here()[0] != self.code:
            return "its cohear is another one than that of the command: install the same on the node"
        return ""
