"""2 million clips: make data in FOLDER"""
import sys, json, os, time
from pathlib import Path
import numpy as np
import soundfile
folder=Path(sys.argv[1]); n=int(sys.argv[2]); files=int(sys.argv[3])
data=folder/'data'; data.mkdir(parents=True,exist_ok=True)
per=n//files
rng=np.random.default_rng(0)
labels=[f'l{i:02}' for i in range(20)]
with (data/'manifest.csv').open('w') as out:
    out.write('path,start,end,group,label\n')
    for f in range(files):
        name=f'{f%100:02}/{f:06}.wav'
        p=data/name
        if f<100: p.parent.mkdir(exist_ok=True)
        p.touch()
        os.utime(p,(1e9,1e9))
        out.writelines(f'{name},{s}.0,{s}.5,g{f//4:05},{labels[(f*7+s)%20]}\n' for s in range(per))
(folder/'study.yaml').write_text('''study: many
datasets: {many: {path: data}}
tasks: {label: {dataset: many, target: label}}
features: [logmel]
encoders: [small]
baselines: []
combinations: [singles]
repeats: {folds: 5, seeds: 1}
''')
