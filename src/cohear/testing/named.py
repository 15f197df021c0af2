"""What holds for every part that a study file may name with settings; its own contract inherits this."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, check_named, make
from cohear.base.registry import Registry


class NamedPartContract(ABC):
    """A part by its name in a registry, perhaps with settings."""

    name: ClassVar[str]
    """In the registry."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """To test it with, as a study file gives them."""

    @abstractmethod
    def registry(self) -> Registry[Any]:
        """Where it is entered."""

    def part(self) -> str | WithSettings:
        """As the study file names it."""
        return WithSettings(name=self.name, **self.settings) if self.settings else self.name

    def made(self, *given: object) -> Any:  # noqa: ANN401 - of the registry's class
        """The part, of what it is given and its settings."""
        return make(self.registry(), self.part(), *given)

    def test_settings_have_defaults(self) -> None:
        """A bare name is enough."""
        for parameter in inspect.signature(self.registry()[self.name]).parameters.values():
            if parameter.kind is parameter.KEYWORD_ONLY:
                assert parameter.default is not parameter.empty, parameter.name

    def test_a_setting_that_there_is_not_is_refused(self) -> None:
        """With a sentence that names it."""
        try:
            check_named(self.registry(), WithSettings(name=self.name, **{"no such": 1}))
        except UserError as error:
            assert f"{self.name!r} has no setting 'no such'" in str(error)
        else:
            raise AssertionError("it was taken")
