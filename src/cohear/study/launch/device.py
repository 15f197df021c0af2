"""The device that a study asks for, on the machine that trains."""

from __future__ import annotations

from cohear.study.launch.progress import Progress
from cohear.training.device import AUTO, Device


def device_here(name: str, progress: Progress) -> Device:
    """The device of a name on this machine; which one ``auto`` is, is said.

    Raises:
        UserError: there is none of that name here.
    """
    device = Device.of(name)
    if name == AUTO:
        progress.say(f"device: auto trains on {device.called}, the fastest device of this machine")
    return device
