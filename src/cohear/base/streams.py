"""Keyed randomness: every draw comes from a stream named by what it is for, never from "the next number".

A stream's numbers depend on its name alone, so adding a task, a partner or a setting never shifts the
draws of another. Streams are made on the CPU.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

NamePart = str | int


def stream_seed(*name: NamePart) -> int:
    """A 63-bit seed that depends on the whole name and on nothing else."""
    text = json.dumps(list(name), ensure_ascii=True, separators=(",", ":"))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def stream(*name: NamePart) -> np.random.Generator:
    """A numpy generator for the stream called ``name``."""
    return np.random.default_rng(stream_seed(*name))


@contextmanager
def torch_stream(*name: NamePart) -> Iterator[None]:
    """Run layers that draw for themselves (initial weights, dropout) on the stream called ``name``."""
    import torch  # noqa: PLC0415 - the commands that never train must not load torch

    seed, before = stream_seed(*name), torch.default_generator.get_state()
    # The numbers of torch.manual_seed, which costs 40 times as much: it takes notes for accelerators not in use.
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.manual_seed_all(seed)
    torch.mps.manual_seed(seed)  # does nothing where there is none
    try:
        yield
    finally:
        torch.default_generator.set_state(before)
