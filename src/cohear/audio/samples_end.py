"""Where the samples of a file of chunks end, whatever is stated.

Writers that were killed, that write into a pipe or that count wrongly leave sizes of zero, of all ones or a few bytes
off. What lies between the first sample and the next chunk, the next file, or the end, is audio all the same.
"""

from __future__ import annotations

from cohear.audio.chunk_headers import SampleBytes
from cohear.audio.chunk_walk import begins_chunk, begins_followed_chunk
from cohear.audio.content import Content
from cohear.audio.last_chunks import before_last_chunks
from cohear.audio.other_files import file_at, next_file
from cohear.audio.tags import is_last_tag
from cohear.audio.unreadable import UnreadableAudio

JUNK_BYTES = 4096
"""Behind a file whose sizes agree with each other; more is audio that goes on."""
_NO_LENGTH = "its header states no length"


def has_no_samples(content: Content, samples: SampleBytes) -> bool:
    """Whether nothing follows, or other chunks do where no samples are stated."""
    if samples.begin >= content.size:
        return True
    return samples.stated is None and begins_chunk(content, samples.begin, samples.layout)


def true_end(content: Content, samples: SampleBytes) -> tuple[int, str]:
    """The byte behind the samples, and what is odd about what is stated of it (empty where nothing is).

    Raises:
        UnreadableAudio: far less of them is there than stated.
    """
    begin, stated = samples.begin, samples.stated
    if stated is None:
        return _before_what_follows(content, samples), _NO_LENGTH
    there = content.size - begin
    if stated <= there:
        end = _end_inside(content, samples, stated)
    elif stated - there <= begin + 1:  # a size that counts the header too is wrong about the sum alone
        end = content.size
    else:
        raise UnreadableAudio(
            content.path, f"it is cut short: {there} of the {stated} bytes of samples are there", "truncated"
        )
    if end == begin + stated:
        return end, ""
    return end, stated_and_there(stated, end - begin)


def stated_and_there(stated: int | None, there: int) -> str:
    """What is said of a size that is wrong."""
    return f"its header states {stated} bytes of samples, {there} are there"


def is_no_sound(content: Content, place: int) -> bool:
    """Whether what is left of a file is padding, or the tag that taggers put behind MP3 files."""
    if is_last_tag(content, place):
        return True
    while piece := content.at(place, 1 << 20):
        if piece.count(0) < len(piece):
            return False
        place += len(piece)
    return True


def zeros_behind(content: Content, end: int) -> str:
    """What is said of zeros behind the samples that are more than padding."""
    count = content.size - end
    if count <= JUNK_BYTES or not is_no_sound(content, end):
        return ""
    return f"{count} bytes of zeros lie behind its samples, and are left out"


def _end_inside(content: Content, samples: SampleBytes, stated: int) -> int:
    """The byte behind the samples, where the file goes on behind what is stated."""
    end = samples.begin + stated
    rest = content.size - end
    padding = -stated % samples.layout.align if samples.layout else 0
    lacks = stated % samples.frame if samples.frame else 0
    if rest == 0 or (rest <= padding and not lacks):
        return end
    if lacks and rest == samples.frame - lacks:
        return content.size  # the last sample would be cut in two
    if any(file_at(content, end + off) or begins_chunk(content, end + off, samples.layout) for off in {padding, 0}):
        return end
    for off in (-1, 1):
        if file_at(content, end + off) or begins_followed_chunk(content, end + off, samples.layout):
            return end + off
    is_consistent = samples.total is not None and abs(samples.total - end) <= 1
    is_counted = samples.total is not None and rest > JUNK_BYTES and abs(samples.total - content.size) <= 1
    if (is_no_sound(content, end) and not is_counted) or (rest <= JUNK_BYTES and is_consistent):
        return end
    further = _before_what_follows(content, samples, end)
    is_junk_between = further - end <= JUNK_BYTES and further < content.size
    return end if is_junk_between else further


def _before_what_follows(content: Content, samples: SampleBytes, least: int | None = None) -> int:
    """Where a file begins, or chunks that reach to it or to the end; the end where nothing does."""
    begin = samples.begin if least is None else least
    end = next_file(content, begin)
    end = content.size if end is None else end
    return end if samples.layout is None else before_last_chunks(content, begin, end, samples.layout)
