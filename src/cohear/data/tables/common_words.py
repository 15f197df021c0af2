"""Words that folders and files of audio are called by: what is heard, who is, and where a recording came from."""

from __future__ import annotations

import re
from collections.abc import Collection

from cohear.data.tables.targets import GROUPING, words_of

_HEARD = """
angry anger angrily annoyed anxious bored boredom calm contempt disgust disgusted excited fear fearful frustrated
frustration happiness happy joy neutral pleasant sad sadness surprise surprised
backward bed bird cat dog down eight five follow forward four go happy house learn left marvin nine no off on one right
seven sheila six stop three tree two up visual wow yes zero
airplane alarm applause baby bark bell birds blender boat breathing bus can car chainsaw chirp church clapping clock
conditioner cough coughing cow crackling crickets crow cry crying door drilling drinking engine fire fireworks
footsteps frog glass gunshot hammer hand helicopter hen horn idling insects jackhammer keyboard keys knock laughter
metro motorcycle mouse music noise office park phone pig rain rooster saw sea sheep silence siren sneeze sneezing
snoring speech square station steps street thunder thunderstorm tick traffic train tram typing vacuum washing water
waves wind wood
accordion banjo bass bassoon cello clarinet cymbals drum drums flute guitar harp horn mandolin oboe organ percussion
piano saxophone snare synth trombone trumpet tuba ukulele viola violin voice xylophone
acoustic blues classical country disco electronic folk hiphop hop instrumental international jazz metal pop punk
reggae rock
abnormal artifact asthma covid extrahls extrastole healthy murmur negative normal positive sick
belly burping discomfort hungry pain tired
female male man woman
arabic chinese dutch english french german hindi italian japanese korean mandarin portuguese russian spanish turkish
"""
_GIVEN_NAMES = """
adam adrian ahmed aisha alan albert alex alexander alexandra ali alice alina amelia amir amy ana andrea andreas andrew
andy angela anita ann anna anne anton antonio arthur barbara ben benjamin bela bernd bob boris brian bruno caleb carl
carla carlos carol caroline catherine charles charlie charlotte chris christian christina christine claire clara claudia
daniel daniela dave david deborah diana diego dimitri dora edgar edward elena eli elias elisabeth elizabeth ella ellen
emil emily emma eric erik ernst eva evelyn fatima felix fernando florian frank franz fred frida gabriel george georg
gerd gina giulia greta hans hannah harry hassan heidi helen helena henry ibrahim ida igor ilse ines ingrid irene isaac
isabel ivan jack jackson jacob james jan jane janet jason jeff jennifer jens jessica jim joan joe johan johanna john
jonas jonathan jorge jose joseph josh juan judy julia julian julie jurgen karen karin karl kate katharina katie kevin
kim klaus kumar lara larry laura lea lena leo leon liam lily linda lisa louis louise lucas lucia lucy luis luise lukas
luke maria marie mario markus marta martha martin mary mateo matt matthew max mehmet mia michael miguel mike mohamed
mohammed monica nadia natalia nathan nick nicola nicolas nicole nikita nina noah oleg olga oliver olivia omar oscar
otto pablo patricia patrick paul paula pedro peter petra philip pierre rachel rahul rebecca richard rita robert roberto
ron ryan sam samuel sandra sara sarah sebastian sergei simon sofia sonja sophia sophie stefan stephanie stephen steve
susan susanne sven tanja theo theodor theresa thomas tim tina tobias tom tony ursula valentina vera victor viktor
vincent vladimir walter werner william yann yasmin yuki yusuf yweweler
"""
_BOOKKEEPING = "archive batch cd chunk day disc disk shard ses session take tape vol volume week"
_LABELS, _PERSONS = frozenset(_HEARD.split()), frozenset(_GIVEN_NAMES.split())
_NUMBERED = re.compile(rf"(?:{'|'.join(_BOOKKEEPING.split())})[-_ ]?\d+", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d")

_MEASURED = re.compile(r"(?:snr)?[-+_ ]?\d+(?:[.,]\d+)?[-_ ]?(?:db|k?hz|ms|sec|min|bits?|kbps|mm|cm)", re.IGNORECASE)
_CLASS_WORDS = frozenset(("class", "label", "category", "cat", "type"))


def is_heard(name: str) -> bool:
    """Whether a folder is called after what many datasets have as a label: ``happy``, ``dog_bark``, ``pop rock``."""
    words = words_of(name)
    return bool(words) and sum(word in _LABELS for word in words) > len(words) / 2


def is_person(name: str) -> bool:
    """Whether a folder has somebody's given name: ``alice``, ``Bob_2``."""
    words = words_of(re.sub(r"(?<=[A-Za-z])(?=\d)", "_", name))
    return bool(words & _PERSONS) and not words & _LABELS


def is_bookkeeping(name: str) -> bool:
    """Whether a folder is called after when or where its recordings were made or kept: ``Session1``, ``2021-03-05``."""
    return bool(_NUMBERED.fullmatch(name) or _DATE.fullmatch(name))


def are_whose(names: Collection[str]) -> bool:
    """Whether most folders are numbered, or somebody's: ``s01``, ``Actor_3``, ``000``, ``p225``, ``alice``."""
    return sum(map(is_whose, names)) > len(names) / 2


def is_whose(name: str) -> bool:
    """Whether a folder is called as speakers and recordings are; ``class_1`` and ``-6_dB`` are not."""
    if _MEASURED.fullmatch(name):
        return False
    words = words_of(re.sub(r"(?<=[A-Za-z])(?=\d)", "_", name))
    return bool(re.search(r"\d", name) or words & GROUPING or is_person(name)) and not words & _CLASS_WORDS
