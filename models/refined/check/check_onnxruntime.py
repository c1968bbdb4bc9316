#!/usr/bin/env python3
"""Checks the bundle with ONNX Runtime for Python: check_onnxruntime.py BUNDLE DATA (pip install onnxruntime numpy)"""
import onnxruntime

from checking import check


def load(path, outputs):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return lambda images: dict(zip(outputs, session.run(outputs, {"image": images})))


check("onnxruntime", onnxruntime.__version__, "onnxruntime", load)
