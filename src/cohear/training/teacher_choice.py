"""Who teaches a network of several tasks, as a study file says it: nobody, or networks that know a task alone."""

from __future__ import annotations

from typing import Literal, get_args

from cohear.base.registry import Registry

Seeds = Literal["own", "all"]


class TeacherChoice:
    """Teachers of a network of several tasks; keyword-only arguments of a subclass are its settings.

    Attributes:
        encoder: name of that of the teachers in the tables; None for the network's own.
        all_seeds: whether singles of all seeds of the fold teach together, or that of the network's own alone.
    """

    encoder: str | None = None
    all_seeds: bool = False


TEACHERS: Registry[type[TeacherChoice]] = Registry("teachers")


@TEACHERS.register("none")
class NoTeachers(TeacherChoice):
    """It learns from labels alone."""


@TEACHERS.register("singles")
class SinglesAsTeachers(TeacherChoice):
    """The single runs of the same fold.

    Args:
        encoder: of the study, by its name in the tables: a wider one, say.
        seeds: ``own``, or ``all`` of the study, whose answers are averaged.
    """

    def __init__(self, *, encoder: str | None = None, seeds: Seeds = "own") -> None:
        if seeds not in get_args(Seeds):
            raise ValueError(f"seeds is one of {', '.join(get_args(Seeds))}, not {seeds!r}")
        self.encoder, self.all_seeds = encoder, seeds == "all"
