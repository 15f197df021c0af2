"""Public datasets in miniature, laid out exactly as their publishers do: names, columns and odd characters."""

import hashlib
import json

import numpy as np
import soundfile


def clip(file, seconds=0.05, rate=8000):
    """A short file of noise that no other name has."""
    file.parent.mkdir(parents=True, exist_ok=True)
    seed = int.from_bytes(hashlib.sha256(file.as_posix().encode()).digest()[:4], "big")
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, round(seconds * rate))
    soundfile.write(file, noise, rate)


def text(file, *lines):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def esc50(folder):
    """Two folds; takes A and B of one source; a clip outside ESC-10."""
    rows = [
        "1-100032-A-0.wav,1,0,dog,True,100032,A",
        "1-100032-B-0.wav,1,0,dog,True,100032,B",
        "2-117271-A-0.wav,2,0,dog,True,117271,A",
        "1-17367-A-10.wav,1,10,rain,True,17367,A",
        "2-87781-A-10.wav,2,10,rain,True,87781,A",
        "1-9887-A-49.wav,1,49,hand_saw,False,9887,A",
    ]
    text(folder / "ESC-50-master/meta/esc50.csv", "filename,fold,target,category,esc10,src_file,take", *rows)
    text(folder / "ESC-50-master/audio/._1-100032-A-0.wav", "a resource fork of macOS")
    for row in rows:
        clip(folder / "ESC-50-master/audio" / row.split(",")[0])


def esc10(folder):
    names = ["001 - Dog bark", "002 - Rain", "003 - Sea waves", "004 - Baby cry", "005 - Clock tick"]
    names += ["006 - Person sneeze", "007 - Helicopter", "008 - Chainsaw", "009 - Rooster", "010 - Fire crackling"]
    for number, name in enumerate(names):
        for fold in "12":
            clip(folder / name / f"{fold}-{17000 + number}{fold}-A.ogg", seconds=0.2)
    text(folder / "README.md", "ESC-10")


def urbansound8k(folder):
    rows = [
        "100032-3-0-0.wav,100032,0.0,0.317551,1,5,3,dog_bark",
        "100263-2-0-117.wav,100263,58.5,62.5,1,5,2,children_playing",
        "100263-2-0-121.wav,100263,60.5,64.5,2,5,2,children_playing",
        "24347-8-0-88.wav,24347,47.126966,51.126966,1,10,8,siren",
    ]
    root = folder / "UrbanSound8K"
    text(root / "metadata/UrbanSound8K.csv", "slice_file_name,fsID,start,end,salience,fold,classID,class", *rows)
    text(root / "audio/fold5/.DS_Store", "")
    for row in rows:
        clip(root / f"audio/fold{row.split(',')[5]}" / row.split(",")[0])


def fsdd(folder):
    for digit in "01":
        for speaker in ("jackson", "theo", "yweweler"):
            for number in (0, 4, 5, 32):
                clip(folder / "recordings" / f"{digit}_{speaker}_{number}.wav")


def emodb(folder):
    for name in ("03a01Fa", "03a01Nc", "03a01Wa", "08a02La", "08b10Eb", "16a05Ta", "16b03Ac"):
        clip(folder / "wav" / f"{name}.wav")


def cremad(folder):
    for name in ("1001_DFA_ANG_XX", "1001_IEO_ANG_HI", "1002_IEO_HAP_LO", "1040_ITH_SAD_X", "1002_MTI_NEU_XX"):
        clip(folder / "AudioWAV" / f"{name}.wav")
    text(
        folder / "VideoDemographics.csv",
        "ActorID,Age,Sex,Race,Ethnicity",
        "1001,51,Male,Caucasian,Not Hispanic",
        "1002,21,Female,Caucasian,Not Hispanic",
        "1040,42,Male,Caucasian,Not Hispanic",
    )


def ravdess(folder):
    """Speech in one folder, song in another, and one recording twice as in some copies."""
    for name in ("03-01-06-01-02-01-12", "03-01-01-01-01-01-12", "03-01-08-02-01-02-12"):
        clip(folder / "Audio_Speech_Actors_01-24/Actor_12" / f"{name}.wav")
    clip(folder / "Audio_Speech_Actors_01-24/Actor_01/03-01-07-01-01-01-01.wav")
    clip(folder / "Audio_Song_Actors_01-24/Actor_01/03-02-06-02-02-01-01.wav")
    clip(folder / "Actor_12/03-01-06-01-02-01-12.wav")


def speech_commands(folder, lists=True):
    for word, name in (
        ("yes", "0a7c2a8d_nohash_0"),
        ("yes", "0a7c2a8d_nohash_1"),
        ("no", "0a7c2a8d_nohash_0"),
        ("no", "bb05582b_nohash_3"),
        ("bed", "bb05582b_nohash_0"),
        ("yes", "c50f55b8_nohash_0"),
    ):
        clip(folder / word / f"{name}.wav")
    for name in ("doing_the_dishes", "exercise_bike", "running_tap"):
        clip(folder / "_background_noise_" / f"{name}.wav", seconds=2.5)
    text(folder / "_background_noise_/README.md", "noise")
    if lists:
        text(folder / "validation_list.txt", "no/bb05582b_nohash_3.wav", "bed/bb05582b_nohash_0.wav")
        text(folder / "testing_list.txt", "yes/c50f55b8_nohash_0.wav")


def gtzan(folder, lists=True):
    for genre in ("blues", "hiphop"):
        for number in range(4):
            clip(folder / "genres" / genre / f"{genre}.{number:05d}.{'wav' if genre == 'blues' else 'au'}")
    if lists:
        text(folder / "train_filtered.txt", "blues/blues.00000.wav", "hiphop/hiphop.00000.wav")
        text(folder / "valid_filtered.txt", "blues/blues.00001.wav", "hiphop/hiphop.00001.wav")
        text(folder / "test_filtered.txt", "blues/blues.00002.wav", "hiphop/hiphop.00002.wav")


def fsd50k(folder):
    truth = folder / "FSD50K.ground_truth"
    text(
        truth / "dev.csv",
        "fname,labels,mids,split",
        '64760,"Electric_guitar,Guitar,Plucked_string_instrument,Musical_instrument,Music","/m/02sgy,/m/0342h",train',
        '16399,"Chink_and_clink","/m/07q7njn",val',
    )
    text(truth / "eval.csv", "fname,labels,mids", '37199,"Electric_guitar,Guitar","/m/02sgy,/m/0342h"')
    labels = [
        "Chink_and_clink",
        "Electric_guitar",
        "Guitar",
        "Music",
        "Musical_instrument",
        "Plucked_string_instrument",
    ]
    text(truth / "vocabulary.csv", *(f"{number},{label},/m/{number}" for number, label in enumerate(labels)))
    for part, clips in (("dev", ("64760", "16399")), ("eval", ("37199",))):
        told = {number: {"title": "a; b", "uploader": f"user of {number}", "license": "http://x"} for number in clips}
        text(folder / "FSD50K.metadata" / f"{part}_clips_info_FSD50K.json", json.dumps(told))
        for number in clips:
            clip(folder / f"FSD50K.{part}_audio" / f"{number}.wav")


def fsdkaggle2018(folder):
    text(
        folder / "FSDKaggle2018.meta/train_post_competition.csv",
        "fname,label,manually_verified,freesound_id,license",
        "00044347.wav,Hi-hat,0,28739,Attribution",
        "001ca53d.wav,Saxophone,1,358827,Attribution",
    )
    text(
        folder / "FSDKaggle2018.meta/test_post_competition_scoring_clips.csv",
        "fname,label,usage,freesound_id,license",
        "00326aa9.wav,Oboe,Private,355125,Attribution",
    )
    for name in ("train/00044347", "train/001ca53d", "test/00326aa9"):
        clip(folder / f"FSDKaggle2018.audio_{name}.wav")


def tau_urban(folder):
    root = folder / "TAU-urban-acoustic-scenes-2019-development"
    names = ["airport-barcelona-0-0-a", "airport-barcelona-0-1-a", "street_pedestrian-lyon-1104-44126-a"]
    names += ["metro_station-london-232-6847-b"]
    lines = [f"audio/{name}.wav\t{name.split('-')[0]}\t{'-'.join(name.split('-')[1:3])}\t{name[-1]}" for name in names]
    text(root / "meta.csv", "filename\tscene_label\tidentifier\tsource_label", *lines)
    listed = ["\t".join(line.split("\t")[:2]) for line in lines]
    text(root / "evaluation_setup/fold1_train.csv", "filename\tscene_label", *listed[:2])
    text(root / "evaluation_setup/fold1_evaluate.csv", "filename\tscene_label", listed[2])
    text(root / "evaluation_setup/fold1_test.csv", "filename", f"audio/{names[2]}.wav")
    for name in names:
        clip(root / "audio" / f"{name}.wav")


def tut_scenes_2017(folder):
    root = folder / "TUT-acoustic-scenes-2017-development"
    lines = [
        "audio/b020_90_100.wav\tbeach\tb020",
        "audio/b020_110_120.wav\tbeach\tb020",
        "audio/b099_0_10.wav\tcafe/restaurant\tb099",
        "audio/a001_20_30.wav\tcafe/restaurant\ta001",
    ]
    text(root / "meta.txt", *lines)
    listed = ["\t".join(line.split("\t")[:2]) for line in lines]
    for fold, tested in (("1", listed[:2]), ("2", listed[2:3]), ("3", listed[3:]), ("4", [])):
        text(root / f"evaluation_setup/fold{fold}_train.txt", *(line for line in listed if line not in tested))
        text(root / f"evaluation_setup/fold{fold}_evaluate.txt", *tested)
        text(root / f"evaluation_setup/fold{fold}_test.txt", *(line.split("\t")[0] for line in tested))
    for line in lines:
        clip(root / line.split("\t")[0])


def tut_events_2017(folder):
    root = folder / "TUT-sound-events-2017-development"
    text(root / "meta/street/a001.ann", "1.58\t4.5\tpeople speaking", "4.0\t7.25\tcar")
    text(
        root / "meta/street/b003.ann",
        "audio/street/b003.wav\tstreet\t0.5\t1.5\tlarge vehicle\tm\tb003",
        "audio/street/b003.wav\tstreet\t11.0\t11.5\tbrakes squeaking\tm\tb003",
    )
    for name, seconds, fold in (("a001", 10.0, "1"), ("b003", 12.0, "2")):
        clip(root / f"audio/street/{name}.wav", seconds=seconds, rate=1000)
        text(root / f"evaluation_setup/street_fold{fold}_evaluate.txt", f"audio/street/{name}.wav\tstreet\t1\t2\tcar")
        text(root / f"evaluation_setup/street_fold{fold}_test.txt", f"audio/street/{name}.wav\tstreet")


def asvspoof2015(folder):
    lines = {
        "cm_train.trn": ["T1 T1_1000001 human human", "T1 T1_1000500 S1 spoof", "T2 T2_1000002 S5 spoof"],
        "cm_develop.ndx": ["D1 D1_1000001 human human", "D1 D1_1000600 S3 spoof"],
        "cm_evaluation.ndx": ["E1 E1_1000001 human human", "E1 E1_1000700 S10 spoof"],
    }
    for name, clips in lines.items():
        text(folder / "CM_protocol" / name, *clips)
        for line in clips:
            clip(folder / "wav" / line.split()[0] / f"{line.split()[1]}.wav")


def audioset(folder):
    """Ids that begin with a dash or hold underscores; labels in quotes; clips that are gone."""
    text(
        folder / "balanced_train_segments.csv",
        "# Segments csv created Sun Mar  5 10:54:31 2017",
        "# num_ytids=22160, num_segs=22160, num_unique_labels=527, num_positive_labels=52882",
        "# YTID, start_seconds, end_seconds, positive_labels",
        '--4gqARaEJE, 0.000, 10.000, "/m/068hy,/m/07q6cd_,/m/0bt9lr"',
        '-0RWZT-miFs, 420.000, 430.000, "/m/09x0r,/m/05zppz"',
        '--gone_-1234, 30.000, 40.000, "/m/068hy"',
    )
    text(
        folder / "eval_segments.csv",
        "# Segments csv created Sun Mar  5 10:54:25 2017",
        "# num_ytids=20371, num_segs=20371, num_unique_labels=527, num_positive_labels=51804",
        "# YTID, start_seconds, end_seconds, positive_labels",
        '--U7joUcTCo, 0.000, 10.000, "/m/01b_21"',
    )
    text(
        folder / "audioset_train_strong.tsv",
        "segment_id\tstart_time_seconds\tend_time_seconds\tlabel",
        "-0RWZT-miFs_420000\t0.000\t2.627\t/m/09x0r",
        "-0RWZT-miFs_420000\t2.627\t7.237\t/m/053hz1",
        "b0RFKhbpFJA_30000\t0.000\t10.000\t/m/03m9d0z",
    )
    text(
        folder / "class_labels_indices.csv",
        "index,mid,display_name",
        '0,/m/09x0r,"Speech"',
        '1,/m/05zppz,"Male speech, man speaking"',
        '47,/m/01b_21,"Cough"',
        '72,/m/068hy,"Domestic animals, pets"',
    )
    clip(folder / "balanced/--4gqARaEJE_0.wav")
    clip(folder / "balanced/Y-0RWZT-miFs.wav")
    clip(folder / "eval/--U7joUcTCo_0.000_10.000.flac")
    clip(folder / "strong/b0RFKhbpFJA_30000.wav")


def ambient_contexts(folder):
    """The publisher's archive: a file of labels a clip, several labels, a clip without one."""
    root = folder / "audioset_1sec"
    labels = {
        "id_-kyuX8l4VWY_30_40/000": ['69,/m/03qtwd,"Crowd"', '71,/m/07qfr4h,"Hubbub, speech noise, speech babble"'],
        "id_-kyuX8l4VWY_30_40/001": ['69,/m/03qtwd,"Crowd"'],
        "id_-kyuX8l4VWY_30_40/008": None,
        "id_OIpGIvnK9ns_130_140/001": ['-1,none,"None of the above"'],
        "id_SnXfFeqhFY4_430_440/003": ['0,/m/09x0r,"Speech"'],
    }
    for name, lines in labels.items():
        clip(root / f"{name}.wav")
        if lines:
            text(root / f"{name}_labels.txt", *lines)


def ambient_contexts_lists(folder):
    text(
        folder / "train.csv",
        "segment,file,label",
        'id_-kyuX8l4VWY_30_40,000.wav,"""Crowd"""',
        'id_-kyuX8l4VWY_30_40,001.wav,"""Female speech"',
        'id_OIpGIvnK9ns_130_140,001.wav,"""None of the above"""',
    )
    text(folder / "test.csv", "segment,file,label", 'id_SnXfFeqhFY4_430_440,003.wav,"""Crowd"""')
    for name in (
        "-kyuX8l4VWY_30_40/000",
        "-kyuX8l4VWY_30_40/001",
        "OIpGIvnK9ns_130_140/001",
        "SnXfFeqhFY4_430_440/003",
    ):
        clip(folder / f"id_{name}.wav")


def audiofolder(folder):
    text(folder / "metadata.csv", "file_name,text,label", 'a/1.wav,"one, two",no', "a/2.wav,,on", "b 3.wav,x,01")
    for name in ("a/1", "a/2", "b 3"):
        clip(folder / f"{name}.wav")


def audiofolder_parts(folder):
    text(
        folder / "train/metadata.jsonl", '{"file_name": "1.wav", "label": "a"}', '{"file_name": "2.wav", "label": "b"}'
    )
    text(folder / "test/metadata.jsonl", '{"file_name": "1.wav", "label": "a"}')
    for name in ("train/1", "train/2", "test/1"):
        clip(folder / f"{name}.wav")


def class_folders(folder):
    for name in ("dog bark/1", "dog bark/2", "größe/1", "no/1"):
        clip(folder / f"{name}.wav")
    text(folder / "no/notes.txt", "no audio")


def class_folders_parts(folder):
    for name in ("train/yes/1", "train/no/1", "test/yes/1", "test/no/2"):
        clip(folder / f"{name}.wav")


def dcase_scenes(folder):
    text(
        folder / "meta.csv",
        "filename\tscene_label\tidentifier\tsource_label",
        "audio/one.wav\tpark\tp1\ta",
        "audio/two.wav\tcafe/restaurant\tc1\tb",
    )
    for name in ("one", "two"):
        clip(folder / "audio" / f"{name}.wav")


def dcase_events(folder):
    text(
        folder / "events.tsv",
        "filename\tonset\toffset\tevent_label",
        "1.wav\t0.5\t1.0\tDog",
        "1.wav\t0.75\t2.25\tSpeech",
        "2.wav\t\t\t",
        "3.wav\t0\t0.5\tDog",
    )
    for name in "123":
        clip(folder / f"{name}.wav")


def audiomnist(folder):
    """Two speakers; one whose facts are not told; rooms in two spellings."""
    root = folder / "AudioMNIST" / "data"
    about = {"accent": "German", "age": "30", "gender": "male", "native speaker": "no", "recordingroom": "VR-Room"}
    meta = {"01": about, "60": {**about, "gender": "female", "native speaker": "yes", "recordingroom": "vr-room"}}
    text(root / "audioMNIST_meta.txt", json.dumps(meta))
    for speaker in ("01", "17", "60"):
        for digit in (0, 7):
            for take in (0, 49):
                clip(root / speaker / f"{digit}_{speaker}_{take}.wav")


def birdclef(folder):
    """Of 2022 and later: the species' folder stands in the column."""
    text(
        folder / "train_metadata.csv",
        "primary_label,secondary_labels,type,latitude,longitude,scientific_name,common_name,author,license,rating,filename",
        "afrsil1,[],\"['call', 'flight call']\",12.391,-1.493,Euodice cantans,African Silverbill,Bram Piot,CC,2.5,"
        "afrsil1/XC125458.ogg",
        "akiapo,\"['apapan', 'houfin']\",['song'],20.1,-155.4,Hemignathus wilsoni,Akiapolaau,\"Pat, J.\",CC,4,"
        "akiapo/XC122399.ogg",
        "akiapo,,['song'],20.1,-155.4,Hemignathus wilsoni,Akiapolaau,\"Pat, J.\",CC,4,akiapo/XC122400.ogg",
    )
    for name in ("afrsil1/XC125458", "akiapo/XC122399", "akiapo/XC122400"):
        clip(folder / "train_audio" / f"{name}.ogg", seconds=0.2)
    text(folder / "train_soundscapes" / "README", "no labels")


def common_voice(folder):
    """A language of a release; ages and genders as older and newer releases write them."""
    root = folder / "cv-corpus-17.0-2024-03-15" / "cy"
    head = "client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\taccents\tlocale\tsegment"
    rows = {
        "train": ['v1\tcommon_voice_cy_1.mp3\tShe said "no"\t2\t0\ttwenties\tmale_masculine\t\tcy\t'],
        "dev": ["v2\tcommon_voice_cy_2.mp3\tx\t2\t0\tfifties\tfemale\t\tcy\t"],
        "test": ["v3\tcommon_voice_cy_3\tx\t2\t0\t\t\t\tcy\t"],
        "other": ["v4\tcommon_voice_cy_4.mp3\tx\t0\t0\t\t\t\tcy\t"],
    }
    for part, lines in rows.items():
        text(root / f"{part}.tsv", head, *lines)
    for number in range(1, 5):
        clip(root / "clips" / f"common_voice_cy_{number}.mp3", seconds=0.2, rate=16000)


def desed(folder):
    """A clip that is listed and not there; two lists of events; synthetic clips, which are not read."""
    weak, strong = "filename\tevent_labels", "filename\tonset\toffset\tevent_label"
    meta, audio = folder / "dataset/metadata", folder / "dataset/audio"
    clips = [f"Y{video}_30.000_40.000.wav" for video in ("00pbt6aJV8I", "0-Ea8ulsKgA", "zzzzzzzzzzz")]
    text(meta / "train/weak.tsv", weak, f"{clips[0]}\tDog,Speech", f"{clips[1]}\tCat", f"{clips[2]}\tCat")
    text(
        meta / "validation/validation.tsv",
        strong,
        "Y1UxMRjcXlnQ_10.000_20.000.wav\t0.0\t1.5\tSpeech",
        "Y1UxMRjcXlnQ_10.000_20.000.wav\t2.0\t2.5\tDishes",
        "Y1UxMRjcXlnQ_10.000_20.000.wav\t3.0\t3.5\tSpeech",
    )
    text(meta / "eval/public.tsv", strong, "abcdefghijk_0_10.wav\t0\t9.9\tFrying", "lmnopqrstuv_0_10.wav\t\t\t")
    for name in clips[:2]:
        clip(audio / "train/weak" / name)
    clip(audio / "validation/validation/Y1UxMRjcXlnQ_10.000_20.000.wav")
    clip(audio / "eval/public/abcdefghijk_0_10.wav")
    clip(audio / "eval/public/lmnopqrstuv_0_10.wav")
    clip(audio / "train/unlabel_in_domain/Yaaaaaaaaaaa_0.000_10.000.wav")


def fluent_speech_commands(folder):
    root = folder / "fluent_speech_commands_dataset"
    head = ",path,speakerId,transcription,action,object,location"
    for part, speaker in (("train", "2BqVo8kVB2Skwgyb"), ("valid", "2ojo7YRL7Gck83Z3"), ("test", "4BrX8aDqK2cLZRYl")):
        path = f"wavs/speakers/{speaker}/0a3129c0-4474-11e9-a9a5-5dbec3b8816a.wav"
        wanted = "activate,lights,kitchen" if part != "test" else "change language,none,none"
        text(root / f"data/{part}_data.csv", head, f'0,{path},{speaker},"Lights on, please",{wanted}')
        clip(root / path)


def fma(folder):
    """The three lines of names; a track without a genre; tracks of the table that are not in this size."""
    text(
        folder / "fma_metadata/tracks.csv",
        ",album,artist,set,set,track,track",
        ",comments,id,split,subset,genre_top,title",
        "track_id,,,,,,",
        "2,0,1,training,small,Hip-Hop,Food",
        "5,0,1,training,small,,This World",
        "140,0,54,validation,small,Folk,Queen Of The Wires",
        '134,0,2,test,small,Hip-Hop,"Street, Music"',
        "155320,0,9,test,large,Rock,Elsewhere",
    )
    for track in ("000002", "000005", "000140", "000134"):
        clip(folder / "fma_small" / track[:3] / f"{track}.mp3", seconds=0.2, rate=16000)
    text(folder / "fma_small" / "README.txt", "FMA")


def librispeech(folder):
    root = folder / "LibriSpeech"
    text(
        root / "SPEAKERS.TXT",
        "; Some pipe(|) separated metadata about all LibriSpeech speakers",
        ";ID  |SEX| SUBSET           |MINUTES| NAME",
        "14   | F | train-clean-360  | 25.03 | Kristin LeMoine",
        "19   | F | train-clean-100  | 25.19 | Kara Shallenberg",
        "84   | F | dev-clean        | 8.02  | Christie Nowak",
        "61   | M | test-clean       | 8.08  | |CBW|Simon",
    )
    for subset, speaker, chapter in (
        ("train-clean-100", 19, 198),
        ("train-clean-100", 19, 227),
        ("dev-clean", 84, 121123),
        ("test-clean", 61, 70968),
    ):
        place = root / subset / str(speaker) / str(chapter)
        text(place / f"{speaker}-{chapter}.trans.txt", f"{speaker}-{chapter}-0000 A SENTENCE")
        clip(place / f"{speaker}-{chapter}-0000.flac", rate=16000)


def mtat(folder):
    """Tabs and quotes as the publisher writes them; a clip without a tag; a folder that is not there."""
    names = ("0/a_band-disc-01-song-0-29.mp3", "0/a_band-disc-01-song-30-59.mp3", "f/other-x-02-y-0-29.mp3")
    cells = [("2", "1", "0", "1", names[0]), ("6", "0", "0", "0", names[1]), ("10", "0", "1", "0", names[2])]
    cells.append(("11", "0", "1", "0", "c/gone-x-02-y-0-29.mp3"))
    head = ("clip_id", "no voice", "singer", "duet", "mp3_path")
    text(folder / "annotations_final.csv", *("\t".join(f'"{cell}"' for cell in line) for line in (head, *cells)))
    text(folder / "clip_info_final.csv", "clip_id\ttrack_number\ttitle\tartist", "2\t1\tsong\ta band")
    for name in names:
        clip(folder / name, seconds=0.2, rate=16000)


def musan(folder):
    root = folder / "musan"
    text(root / "README", "MUSAN")
    text(
        root / "music/fma/ANNOTATIONS",
        "music-fma-0000 hip-hop,electronic Y Some Artist",
        "music-fma-0001 jazz N Some Artist",
    )
    text(root / "speech/librivox/ANNOTATIONS", "speech-librivox-0000 m english")
    for name in ("music/fma/music-fma-0000", "music/fma/music-fma-0001", "music/rfm/music-rfm-0000"):
        clip(root / f"{name}.wav")
    for name in ("speech/librivox/speech-librivox-0000", "speech/us-gov/speech-us-gov-0000"):
        clip(root / f"{name}.wav")
    for name in ("noise/free-sound/noise-free-sound-0000", "noise/sound-bible/noise-sound-bible-0000"):
        clip(root / f"{name}.wav")


def nsynth(folder):
    for part, instrument in (
        ("train", "bass_synthetic_033"),
        ("valid", "bass_electronic_018"),
        ("test", "flute_acoustic_002"),
    ):
        family, source, _ = instrument.split("_")
        notes = {}
        for pitch in (22, 77):
            name = f"{instrument}-{pitch:03}-050"
            notes[name] = {"note_str": name, "instrument_str": instrument, "pitch": pitch, "velocity": 50}
            notes[name] |= {"instrument_family_str": family, "instrument_source_str": source, "sample_rate": 16000}
            notes[name]["qualities_str"] = ["bright", "dark"] if pitch == 22 else []
            clip(folder / f"nsynth-{part}" / "audio" / f"{name}.wav", rate=16000)
        text(folder / f"nsynth-{part}" / "examples.json", json.dumps(notes))


def openmic2018(folder):
    """An excerpt of which nothing is heard; relevance just at the limit."""
    root = folder / "openmic-2018"
    text(
        root / "openmic-2018-aggregated-labels.csv",
        "sample_key,instrument,relevance,num_responses",
        "000046_3840,clarinet,0.17105,3",
        "000046_3840,flute,0.5,3",
        "000046_3840,trumpet,1.0,3",
        "000135_483840,saxophone,0.14705,3",
        "141077_19200,voice,0.85,3",
    )
    text(root / "partitions/split01_train.csv", "000046_3840", "000135_483840")
    text(root / "partitions/split01_test.csv", "141077_19200")
    for key in ("000046_3840", "000135_483840", "141077_19200"):
        clip(root / "audio" / key[:3] / f"{key}.ogg", seconds=0.2)


def savee(folder):
    text(folder / "AudioData" / "Info.txt", "'DC', 'JE', 'JK' and 'KL' are four male speakers")
    for speaker in ("DC", "JE", "JK", "KL"):
        for name in ("a01", "sa15", "su03", "n30"):
            clip(folder / "AudioData" / speaker / f"{name}.wav")


def tess(folder):
    """As a mirror has it: the whole a second time one folder deeper; a name that lacks a letter."""
    root = folder / "TESS Toronto emotional speech set data"
    names = ("OAF_angry/OAF_back_angry", "OAF_neutral/OA_bite_neutral", "YAF_pleasant_surprised/YAF_youth_ps")
    for place in (root, root / "TESS Toronto emotional speech set data"):
        for name in names:
            clip(place / f"{name}.wav")


def vocalsound(folder):
    names = ("f0003_0_cough", "f0003_0_throatclearing", "m0012_0_laughter", "f0005_1_sniff")
    for name in names:
        clip(folder / "audio_16k" / f"{name}.wav", rate=16000)
    parts = {"tr": names[:2], "val": names[2:3], "te": names[3:]}
    for part, held in parts.items():
        data = [{"wav": f"/data/sls/data_16k/{name}.wav", "labels": "/m/01b_21"} for name in held]
        text(folder / "datafiles" / f"{part}.json", json.dumps({"data": data}))
    text(folder / "class_labels_indices_vs.csv", "index,mid,display_name", '0,/m/01j3sz,"Laughter"')


def voxceleb1(folder):
    text(
        folder / "vox1_meta.csv",
        "VoxCeleb1 ID\tVGGFace1 ID\tGender\tNationality\tSet",
        "id10001\tA.J._Buckley\tm\tIreland\tdev",
        "id10270\tEartha_Kitt\tf\tUSA\ttest",
    )
    clips = ("id10001/1zcIwhmdeo4/00001.wav", "id10001/7gWzIy6yIIk/00002.wav", "id10270/5r0dWxy17C8/00001.wav")
    text(folder / "iden_split.txt", *(f"{part} {name}" for part, name in zip((1, 3, 2), clips, strict=True)))
    for name in clips:
        clip(folder / "wav" / name, rate=16000)


PUBLIC = {
    writer.__name__: writer
    for writer in (
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
}
"""A writer a reader of the same name."""

GENERAL = {
    "audiofolder": audiofolder,
    "audiofolder_parts": audiofolder_parts,
    "class_folders": class_folders,
    "class_folders_parts": class_folders_parts,
    "dcase_scenes": dcase_scenes,
    "dcase_events": dcase_events,
}
