"""Readers of public layouts: one file each, from what its publisher gives to a clip table."""

from cohear.data.readers import (  # noqa: F401 - importing a file enters its reader; the first that recognises a folder reads it
    ambient_contexts,
    asvspoof2015,
    audiomnist,
    audioset,
    birdclef,
    common_voice,
    cremad,
    desed,
    emodb,
    esc10,
    esc50,
    fluent_speech_commands,
    fma,
    fsd50k,
    fsdd,
    fsdkaggle2018,
    gtzan,
    librispeech,
    mtat,
    musan,
    nsynth,
    openmic2018,
    ravdess,
    savee,
    speech_commands,
    tau_urban,
    tess,
    tut_events_2017,
    tut_scenes_2017,
    urbansound8k,
    vocalsound,
    voxceleb1,
)
from cohear.data.readers.layout import Archive, PublicLayout, Published, public_layouts

__all__ = ["Archive", "PublicLayout", "Published", "public_layouts"]
