#!/usr/bin/python3
"""Reads embedding files with other people's readers: read_embeddings.py STEM

STEM.npy and STEM.csv must hold the same table; STEM.parquet and STEM.arrow are read too where pyarrow is installed.
Prints one PASS, FAIL or SKIP line a check and ends with 1 if any failed.
"""
import csv
import os
import sys

import numpy as np

failed = 0


def check(what, ok, detail=""):
    global failed
    failed += not ok
    print(f"{'PASS' if ok else 'FAIL'} {what}{': ' + str(detail) if detail != '' else ''}")


def same(left, right):
    return left.shape == right.shape and np.array_equal(left, right, equal_nan=True)


def main(stem):
    table = np.load(stem + ".npy", allow_pickle=False)
    check("npy is float32 [N,D]", table.dtype == np.float32 and table.ndim == 2, f"{table.dtype} {table.shape}")
    with open(stem + ".names.txt", encoding="utf-8", newline="") as lines:
        names = lines.read().split("\n")
    check("names.txt ends with a line end", names.pop() == "")
    check("names.txt has a name a row", len(names) == len(table), len(names))

    with open(stem + ".csv", encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    header, rows = rows[0], rows[1:]
    columns = {name: position for position, name in enumerate(header)}
    check("csv starts with name", header[0] == "name")
    check("csv has the names", [row[0] for row in rows] == names)
    embedding = np.array([[float(row[columns[f"embedding_{d}"]]) for d in range(table.shape[1])] for row in rows]).astype(np.float32)
    check("csv reads back to the same floats", same(embedding, table))
    for beside, column in (("labels", "label"), ("clusters", "cluster")):
        path = f"{stem}.{beside}.npy"
        if os.path.exists(path):
            check(f"{beside}.npy is the csv's column {column}", np.load(path).tolist() == [int(row[columns[column]]) for row in rows])
        else:
            check(f"csv has no column {column} either", column not in columns)

    try:
        import pyarrow.ipc
        import pyarrow.parquet
    except ImportError:
        print("SKIP parquet and arrow: pyarrow is not installed")
        return
    for kind, read in (("parquet", pyarrow.parquet.read_table), ("arrow", lambda path: pyarrow.ipc.open_file(path).read_all())):
        if os.path.exists(f"{stem}.{kind}"):
            other = read(f"{stem}.{kind}")
            check(f"{kind} has the names", other["name"].to_pylist() == names)
            check(f"{kind} has the same floats", same(np.array(other["embedding"].to_pylist(), dtype=np.float32), table))


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
sys.exit(1 if failed else 0)
