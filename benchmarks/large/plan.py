import sys,time,resource
from pathlib import Path
from cohear.base.memory import peak_memory
t0=time.process_time(); w0=time.time()
from cohear.api import Study
import cohear.study.prepare as P
def told(name):
    print(f'{name}: cpu {time.process_time()-t0:.1f} wall {time.time()-w0:.1f} peak {peak_memory()/1e9:.2f}',flush=True)
def wrap(mod,name):
    old=getattr(mod,name)
    def new(*a,**k):
        r=old(*a,**k); told(name); return r
    setattr(mod,name,new)
for n in ('open_dataset','unused_files','_partition','mistakes_in_folds','store_key','make_plan','control_runs','warnings_of_check','warnings_of_crossing'): wrap(P,n)
from cohear.data.folds.partition import Partition, TaskSplit
oldfold=Partition.fold
def fold(self,i):
    r=oldfold(self,i); told(f'fold {i}'); return r
Partition.fold=fold
oj=TaskSplit.to_json
def tj(self):
    r=oj(self); told('to_json'); return r
TaskSplit.to_json=tj
told('import')
s=Study.load(Path(sys.argv[1])/'study.yaml'); told('load')
s.plan(); told('plan')
