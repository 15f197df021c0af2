"""Files that may hold audio, by the ends of their names: where folders are searched."""

from __future__ import annotations

AUDIO_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("aac", "ac3", "aif", "aifc", "aiff", "amr", "ape", "au", "awb", "caf", "eac3", "flac", "m4a", "m4b", "mka"),
        *(
            "mp2",
            "mp3",
            "mpga",
            "oga",
            "ogg",
            "opus",
            "rf64",
            "snd",
            "spx",
            "tta",
            "w64",
            "wav",
            "wave",
            "weba",
            "wma",
            "wv",
        ),
    )
)
"""Of files that hold sound alone."""
VIDEO_SUFFIXES = frozenset(
    f".{name}" for name in ("3g2", "3gp", "avi", "flv", "m4v", "mkv", "mov", "mp4", "ogv", "ts", "webm", "wmv")
)
"""Of files that may hold pictures too: recordings of browsers and telephones are such."""
OTHER_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *(
            "ann",
            "arrow",
            "bib",
            "cfg",
            "conf",
            "csv",
            "db",
            "doc",
            "docx",
            "eaf",
            "feather",
            "gif",
            "gz",
            "h5",
            "hdf5",
        ),
        *("htm", "html", "ini", "ipynb", "jams", "jpeg", "jpg", "json", "jsonl", "lab", "lock", "log", "mat", "md"),
        *("mid", "midi", "npy", "npz", "ods", "onnx", "parquet", "pdf", "pickle", "pkl", "png", "pt", "pth", "py", "r"),
        *("rar", "rst", "rtf", "sh", "sqlite", "srt", "svg", "tar", "tex", "textgrid", "tgz", "toml", "tsv", "txt"),
        *("vtt", "xls", "xlsx", "xml", "yaml", "yml", "zip"),
    )
)
"""Of files that are surely no sound: they are not opened to find out."""
