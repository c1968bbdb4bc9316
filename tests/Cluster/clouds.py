#!/usr/bin/env python3
"""Writes rows in twelve clouds as .npy, without numpy: clouds.py FILE ROWS WIDTH"""
import array
import random
import struct
import sys

path, rows, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
r = random.Random(1)
centres = [[r.gauss(0, 3) for _ in range(width)] for _ in range(12)]
noise = [r.gauss(0, 1) for _ in range(1 << 16)]
head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {width}), }}"
head += ' ' * (63 - (len(head) + 10) % 64) + '\n'
with open(path, 'wb') as file:
    file.write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode())
    for first in range(0, rows, 4096):
        values = array.array('f')
        for _ in range(min(4096, rows - first)):
            at, centre = r.randrange((1 << 16) - width), centres[r.randrange(12)]
            values.extend([c + e for c, e in zip(centre, noise[at:at + width])])
        values.tofile(file)
