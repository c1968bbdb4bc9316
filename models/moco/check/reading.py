"""Reads what a check needs with NumPy alone: tensors of ONNX's test vectors, IDX files, folders of PNG files."""
import glob
import gzip
import os
import struct

import numpy as np


def read_tensor(path):
    """A TensorProto: field 1 holds the sizes, 2 the element type, 9 the elements."""
    with open(path, "rb") as file:
        data = file.read()
    at, sizes, kind, raw = 0, [], 1, b""

    def number():
        nonlocal at
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if data[at - 1] < 128:
                return value

    while at < len(data):
        field, wire = divmod(number(), 8)
        first = number()
        if wire == 0:
            sizes, kind = sizes + [first] * (field == 1), first if field == 2 else kind
            continue
        end = at + first
        raw = data[at:end] if field == 9 else raw
        while field == 1 and at < end:
            sizes.append(number())
        at = end
    return np.frombuffer(raw, {1: "<f4", 7: "<i8", 11: "<f8"}[kind]).reshape(sizes)


def read_idx(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        data = file.read()
    sizes = struct.unpack_from(f">{data[3]}i", data, 4)
    return np.frombuffer(data, {8: "u1", 12: ">i4"}[data[2]], offset=4 + 4 * data[3]).reshape(sizes)


def read_images(folder, channels, height, width):
    """Bytes [N,C,H,W] and labels [N] or None: IDX files of any usual name, or PNG files in a folder for each class by its number."""
    idx = {what: sorted(glob.glob(os.path.join(folder, f"*{what}*idx*"))) for what in ("images", "labels")}
    if idx["images"]:
        pixels, labels = read_idx(idx["images"][0]), read_idx(idx["labels"][0]) if idx["labels"] else None
    else:
        import cv2
        paths = sorted(glob.glob(os.path.join(folder, "[0-9]*", "*.png")), key=os.path.basename)
        if not paths:
            raise SystemExit(f"{folder}: expected IDX files, or PNG files in a folder for each class by its number, found neither")
        pixels = np.stack([cv2.imread(path, 0) if channels == 1 else cv2.imread(path)[..., ::-1] for path in paths])
        labels = np.array([int(os.path.basename(os.path.dirname(path))) for path in paths])
    return np.ascontiguousarray(np.moveaxis(pixels.reshape(len(pixels), height, width, channels), 3, 1)), labels
