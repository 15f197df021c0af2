import resource,subprocess,sys,time
p=subprocess.Popen(sys.argv[1:]); 
peak={}
import os
from pathlib import Path
def tree(pid):
    out=[pid]
    try: kids=Path(f'/proc/{pid}/task/{pid}/children').read_text().split()
    except OSError: return out
    for k in kids: out+=tree(int(k))
    return out
while p.poll() is None:
    for pid in tree(p.pid):
        try:
            d=dict(l.split(':',1) for l in Path(f'/proc/{pid}/status').read_text().splitlines() if ':' in l)
            a=int(d['RssAnon'].split()[0])/1e6; f=int(d['RssFile'].split()[0])/1e6
            c=Path(f'/proc/{pid}/cmdline').read_text().split('\0')[:4][-1][-30:]
            o=peak.get(pid,(0,0,c)); peak[pid]=(max(a,o[0]),max(f,o[1]),c)
        except (OSError,KeyError): pass
    time.sleep(.2)
print('anon GB, file GB by process',peak); u=resource.getrusage(resource.RUSAGE_CHILDREN); print('cpu',u.ru_utime+u.ru_stime)
