#!/usr/bin/env python3
"""Checks the bundle with OpenCV's DNN module: check_opencv.py BUNDLE DATA (Debian: python3-opencv; pip: opencv-python-headless)

It knows no int64, so clusters are those of the largest probability. Ends with 3 where OpenCV has not all operators of the model."""
import sys

import cv2

from checking import check


def load(path, outputs):
    names = [name for name in outputs if name in ("embedding", "probability")]
    try:
        net = cv2.dnn.readNetFromONNX(path)
    except cv2.error as error:
        print("OpenCV cannot read the model:", " ".join(str(error).split())[-300:], file=sys.stderr)
        sys.exit(3)

    def run(images):
        net.setInput(images, "image")
        return {name: net.forward(name) for name in names}

    return run


check("OpenCV", cv2.__version__, "opencv", load)
