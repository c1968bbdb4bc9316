#!/usr/bin/env python3
"""Checks the bundle with ONNX's reference evaluator: check_reference.py BUNDLE DATA (pip install onnx numpy; onnx 1.13 or newer)"""
import onnx
from onnx.reference import ReferenceEvaluator

from checking import check


def load(path, outputs):
    session = ReferenceEvaluator(path)
    return lambda images: dict(zip(outputs, session.run(outputs, {"image": images})))


check("onnx reference", onnx.__version__, "reference", load)
