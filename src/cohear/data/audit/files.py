"""Files that cannot be decoded, and files whose header is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from cohear.base.counting import counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence
from cohear.data.audit.finding import AuditFinding, Code, Severity, quoted
from cohear.data.tables.clip_name import ClipName

_BAD: tuple[Severity, ...] = ("error", "warning")


class FilesCheck(Check):
    """Each kind of damage is a finding of its own; all damaged clips of a dataset are in it."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "missing-file",
            _BAD,
            "The table names a file that is not there.",
            "Put the file there, correct the path, or remove the row.",
        ),
        Code(
            "empty-file",
            _BAD,
            "A file or the part of it that a row asks for holds no sample.",
            "Replace the file, correct start and end, or remove the row.",
        ),
        Code(
            "truncated-file",
            _BAD,
            "A file ends before its header says, or is damaged inside.",
            "Get the file again from its source, or remove the row.",
        ),
        Code(
            "not-finite",
            _BAD,
            "A file holds samples that are no numbers (NaN or infinity), or beyond 1e12.",
            "Make the file again from its source; one such sample spoils a whole batch.",
        ),
        Code(
            "unreadable-file",
            _BAD,
            "A file is no audio in a format that can be decoded.",
            "Convert it to WAV or FLAC, or remove the row.",
        ),
        Code(
            "odd-header",
            ("note",),
            "A header is wrong about the audio, or says nothing of its length; all that is there was decoded.",
            "Listen where it contradicts itself; else only tools that believe the header need the file written anew.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """A warning instead of an error where the study leaves such clips out."""
        yield from self._unreadable(evidence)
        yield from self._odd(evidence)

    def _unreadable(self, evidence: Evidence) -> Iterable[AuditFinding]:
        codes = {"missing": "missing-file", "empty": "empty-file", "truncated": "truncated-file"}
        for dataset, bad in evidence.bad.items():
            kinds: dict[str, list[tuple[str, str]]] = {}
            for clip in bad:
                code = codes.get(clip.kind, "not-finite" if clip.kind == "not-finite" else "unreadable-file")
                kinds.setdefault(code, []).append((clip.name, clip.reason))
            for code, clips in kinds.items():
                names = [name for name, _ in clips]
                yield self.finding(
                    code,
                    "warning" if evidence.skip_bad and dataset in evidence.datasets else "error",
                    f"{counted(len(clips), 'clip')} cannot be read: {quoted(names)} ({clips[0][1]})",
                    dataset=dataset,
                    clips=[ClipName(dataset, name) for name in names],
                    figures={"reasons": dict(clips)},
                )

    def _odd(self, evidence: Evidence) -> Iterable[AuditFinding]:
        for name, data in evidence.datasets.items():
            clips = [(clip, fact.oddities) for clip, fact in zip(data.ids, data.facts, strict=True) if fact.oddities]
            if clips:
                first = "; ".join(clips[0][1])
                yield self.finding(
                    "odd-header",
                    "note",
                    f"{counted(len(clips), 'clip')} {'is' if len(clips) == 1 else 'are'} not what a header says: "
                    f"{quoted([clip for clip, _ in clips])} ({first})",
                    dataset=name,
                    clips=[ClipName(name, clip) for clip, _ in clips],
                    figures={"oddities": {clip: list(oddities) for clip, oddities in clips}},
                )


CHECKS.register("files")(FilesCheck())
