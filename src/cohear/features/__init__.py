"""Front-ends, the feature store and windows; a front-end of your own registers itself in `FRONT_ENDS`."""

from cohear.features.build import build_front_end
from cohear.features.clip_front_end import ClipFrontEnd
from cohear.features.front_end import FRONT_ENDS, FrontEnd, WaveformFrontEnd
from cohear.features.joined import Joined
from cohear.features.logmel import LogMel
from cohear.features.mfcc import Mfcc
from cohear.features.module_front_end import Module
from cohear.features.onnx_front_end import Onnx
from cohear.features.pcen import Pcen
from cohear.features.store import FeatureStore, ensure_store, open_store, store_key
from cohear.features.store_cache import StoreInfo, prune, stores
from cohear.features.store_folder import Removed
from cohear.features.summary import Summary
from cohear.features.table import TableFrontEnd
from cohear.features.transformers_front_end import Transformers
from cohear.features.waveform import Waveform
from cohear.features.windows import gather, window_starts

__all__ = [
    "FRONT_ENDS",
    "ClipFrontEnd",
    "FeatureStore",
    "FrontEnd",
    "Joined",
    "LogMel",
    "Mfcc",
    "Module",
    "Onnx",
    "Pcen",
    "Removed",
    "StoreInfo",
    "Summary",
    "TableFrontEnd",
    "Transformers",
    "Waveform",
    "WaveformFrontEnd",
    "build_front_end",
    "ensure_store",
    "gather",
    "open_store",
    "prune",
    "store_key",
    "stores",
    "window_starts",
]
