#!/usr/bin/python3
"""Writes pictures in colour as bytes and as a model's input: write_colours.py BYTES.npy INPUT.npy

128 smooth pictures, uint8 [128,3,64,64] and float32 in [0,1] of the same: waves of other directions and lengths in each channel.
"""
import sys

import numpy as np

COUNT, SIDE = 128, 64

random = np.random.default_rng(5)
y, x = np.mgrid[0:SIDE, 0:SIDE]
directions, lengths, phases = (random.uniform(low, high, (COUNT, 3, 1, 1)) for low, high in ((0, 3.14), (6, 40), (0, 6.28)))
waves = np.sin((np.cos(directions) * x + np.sin(directions) * y) * 6.28 / lengths + phases)
pictures = np.round(127.5 + 127.5 * waves).astype(np.uint8)
np.save(sys.argv[1], pictures)
np.save(sys.argv[2], pictures.astype(np.float32) / 255)
