import sys,time,json
from pathlib import Path
sys.argv
from cohear.api import Study
from cohear.data.scan import facts as f
folder=Path(sys.argv[1]); cache=folder/'cache'; (cache/'facts').mkdir(parents=True,exist_ok=True)
s=Study.load(folder/'study.yaml')
table=s.settings.datasets['many'].read('many')
segments=table.segments()
states={p:f._state(p) for p in {x.path for x in segments}}
with (cache/'facts'/f"{f.root_name(segments)}.v{f._VERSION}-{f.decoders()}.jsonl").open('w') as out:
    for i,x in enumerate(segments):
        out.write(json.dumps([f._key(x,states[x.path]),f'{i:032x}',8000,16000,1,0.5,[],False])+'\n')
