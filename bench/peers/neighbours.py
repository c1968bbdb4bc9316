"""15 nearest neighbours of each row by faiss, to be set beside `bench/Scale`: ROWS.npy COUNT [ivf:CELLS:PROBES | hnsw:LINKS:BUILD:SEARCH]...

Prints wall and processor seconds (index and search of all rows) and the recall against exact neighbours on a sample of 1,000 rows.
"""
import sys
import time

import faiss
import numpy

count, asked, neighbours = int(sys.argv[2]), 1000, 15
rows = numpy.ascontiguousarray(numpy.load(sys.argv[1], mmap_mode="r")[:count])
sample = [i * count // asked for i in range(asked)]
flat = faiss.IndexFlatL2(rows.shape[1])
flat.add(rows)
exact, _ = flat.search(rows[sample], neighbours + 1)
for setting in sys.argv[3:]:
    kind, *numbers = setting.split(":")
    begin, used = time.perf_counter(), time.process_time()
    if kind == "ivf":
        index = faiss.IndexIVFFlat(faiss.IndexFlatL2(rows.shape[1]), rows.shape[1], int(numbers[0]))
        index.cp.niter = 4
        index.train(rows)
        index.nprobe = int(numbers[1])
    else:
        index = faiss.IndexHNSWFlat(rows.shape[1], int(numbers[0]))
        index.hnsw.efConstruction, index.hnsw.efSearch = int(numbers[1]), int(numbers[2])
    index.add(rows)
    built = time.process_time() - used
    squares, _ = index.search(rows, neighbours + 1)
    wall, cpu = time.perf_counter() - begin, time.process_time() - used
    hits = (squares[sample][:, :neighbours + 1] <= exact[:, -1:] * (1 + 1e-6) + 1e-7).sum(1).clip(max=neighbours + 1)
    print(f"| faiss {setting} | {count} | {wall:.1f} | {cpu:.1f} (index {built:.1f}) | recall {(hits - 1).mean() / neighbours:.4f} |", flush=True)
