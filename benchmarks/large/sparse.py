"""A store of 200 GB in sparse files: a study that reads it. FOLDER"""
import json, os, sys
from pathlib import Path
import numpy as np
from cohear.api import Study
from cohear.data.scan import facts as scanned
from cohear.features.extraction import write_header
from cohear.features.front_end import FRONT_ENDS
from cohear.features.store import first_rows, store_key, _meta
from cohear.data.scan.facts import ClipFacts
folder=Path(sys.argv[1]); clips=int(sys.argv[2]); seconds=int(sys.argv[3]); cache=folder/'cache'
data=folder/'data'; data.mkdir(parents=True)
with (data/'manifest.csv').open('w') as out:
    out.write('path,group,label\n')
    for n in range(clips):
        out.write(f'{n:05}.wav,g{n%50},{"ab"[n%2]}\n'); (data/f'{n:05}.wav').touch(); os.utime(data/f'{n:05}.wav',(1e9,1e9))
(folder/'study.yaml').write_text('''study: large
datasets: {large: {path: data}}
tasks: {label: {dataset: large, target: label, limit: 20}}
features: [logmel]
encoders: [{name: small, width: 4}]
baselines: []
combinations: [singles]
repeats: {folds: 1, seeds: 1}
training: {steps: 10}
''')
import time; time.sleep(0.2)
s=Study.load(folder/'study.yaml'); 
segments=s.settings.datasets['large'].read('large').segments()
facts=[ClipFacts(f'{n:032x}',16000*seconds,16000,1,0.5) for n in range(clips)]
j=cache/'facts'/f"{scanned.root_name(segments)}.v{scanned._VERSION}-{scanned.decoders()}.jsonl"; j.parent.mkdir(parents=True)
with j.open('w') as out:
    for x,f in zip(segments,facts):
        out.write(json.dumps([scanned._key(x,scanned._state(x.path)),*vars(f).values()])+'\n')
fe=s.settings.front_ends()[0]
key=store_key(fe,facts); place=cache/'features'/key; place.mkdir(parents=True)
offsets=first_rows(fe,facts); total=int(offsets[-1])
with (place/'frames.npy').open('wb') as f:
    b=write_header(f,total,fe.frame_width); f.truncate(b+total*4*fe.frame_width)
np.save(place/'offsets.npy',offsets)
np.save(place/'heard.npy',np.ones(1,np.bool_))
h=np.lib.format.open_memmap(place/'heard.npy',mode='w+',dtype=np.bool_,shape=(total,)); h[:: 1]=True; h.flush()
(place/'meta.json').write_text(json.dumps(_meta(fe,facts,'exact')))
print(key,total*4*fe.frame_width/1e9,'GB')
