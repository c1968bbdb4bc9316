#!/usr/bin/python3
"""Checks exported models with Debian's onnx and OpenCV: check.py FOLDER

FOLDER holds models/NAME.onnx, digits.npy (uint8 [N,28,28]) and ours/NAME.npy, what ONNX Runtime under .NET said (float32 [N,D]). 
networks/NAME/ holds model.onnx, in.INPUT.npy and out.OUTPUT.npy, what TorchSharp said. Writes
ours/kmeans.{probabilities,clusters}.npy, a float64 computation by NumPy, for check.mjs. Prints PASS, FAIL or SKIP lines; ends with 1 if any failed.
"""
import pathlib
import sys

import numpy as np

TOLERANCE = 1e-5
NETWORK_TOLERANCE = 1e-4  # float32 sums in another order than TorchSharp's
NEWEST_OPSET, NEWEST_IR = 17, 8  # what Debian 12 reads
NETWORKS = ["resnet-basic", "resnet-bottleneck", "dcgan-generator", "dcgan-discriminator", "infogan-generator", "moco-rgb64"]
ENCODERS = ["moco", "autoencoder", "infogan"]  # OpenCV has no float64 and no ArgMin, so no heads


def say(ok, what, detail):
    print(f"{'PASS' if ok else 'FAIL'} {what}: {detail}", flush=True)
    return ok


def check_structure(onnx, path):
    what = f"onnx {onnx.__version__} checker, {path.stem if path.stem != 'model' else f'network {path.parent.name}'}"
    try:
        onnx.checker.check_model(str(path), full_check=True)
    except Exception as error:
        return say(False, what, str(error).strip().splitlines()[0])
    model = onnx.load(str(path))
    opsets = {entry.domain: entry.version for entry in model.opset_import}
    ok = list(opsets) == [""] and opsets[""] <= NEWEST_OPSET and model.ir_version <= NEWEST_IR
    return say(ok, what, f"opset {opsets}, IR {model.ir_version}")


def check_opencv(cv2, path, images, ours):
    what = f"OpenCV {cv2.__version__}, {path.stem}"
    try:
        net = cv2.dnn.readNetFromONNX(str(path))
        net.setInput(images)
        theirs = net.forward("embedding")
    except cv2.error as error:
        return say(False, what, " ".join(str(error).split()))
    if theirs.shape != ours.shape:
        return say(False, what, f"expected shape {ours.shape}, found {theirs.shape}")
    worst = float(np.abs(theirs - ours).max())
    return say(worst <= TOLERANCE, what, f"embedding {ours.shape}, largest difference {worst:.1e}")


def check_network(cv2, folder):
    what = f"OpenCV {cv2.__version__}, network {folder.name}"
    # Of the toolchain's encoders the embedding is compared.
    given, embedding = sorted(folder.glob("in.*.npy")), folder / "out.embedding.npy"
    expected = np.load(embedding if embedding.exists() else next(folder.glob("out.*.npy")))
    try:
        net = cv2.dnn.readNetFromONNX(str(folder / "model.onnx"))
        for path in given:
            net.setInput(np.load(path), path.name.split(".")[1])
        theirs = net.forward("embedding") if embedding.exists() else net.forward()
    except cv2.error as error:
        return say(False, what, " ".join(str(error).split()))
    if theirs.size != expected.size:
        return say(False, what, f"expected shape {expected.shape}, found {theirs.shape}")
    worst = float(np.abs(theirs.reshape(expected.shape) - expected).max())
    return say(worst <= NETWORK_TOLERANCE, what, f"{expected.shape}, largest difference {worst:.1e}")


def write_kmeans_reference(onnx, folder, images):
    values = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(str(folder / "models/kmeans.onnx")).graph.initializer}
    centres = values.pop("kmeans.centres")  # [K,784]
    scale = next(value for value in values.values() if value.ndim == 0)  # -1 / (2 variance)
    pixels = images.reshape(len(images), -1).astype(np.float64)
    distances = ((pixels[:, None] - centres[None]) ** 2).sum(axis=2)  # [N,K]
    likelihoods = np.exp(scale * (distances - distances.min(axis=1, keepdims=True)))
    np.save(folder / "ours/kmeans.probabilities.npy", (likelihoods / likelihoods.sum(axis=1, keepdims=True)).astype(np.float32))
    np.save(folder / "ours/kmeans.clusters.npy", distances.argmin(axis=1).astype(np.int64))


def main(folder):
    images = np.load(folder / "digits.npy")[:, None].astype(np.float32) / 255  # [N,1,28,28]
    ok = True
    try:
        import onnx
        import onnx.checker
        import onnx.numpy_helper
    except ImportError:
        print("SKIP onnx checker: onnx is not installed (Debian: python3-onnx)")
    else:
        ok = all([check_structure(onnx, path) for path in sorted((folder / "models").glob("*.onnx"))])
        ok = all([check_structure(onnx, path) for path in sorted((folder / "networks").glob("*/model.onnx"))]) and ok
        write_kmeans_reference(onnx, folder, images)
    try:
        import cv2
    except ImportError:
        print("SKIP OpenCV: cv2 is not installed (Debian: python3-opencv)")
    else:
        ok = all([check_opencv(cv2, folder / f"models/{name}.onnx", images, np.load(folder / f"ours/{name}.npy")) for name in ENCODERS]) and ok
        for path in sorted((folder / "networks").iterdir()):
            if path.name in NETWORKS:
                ok = check_network(cv2, path) and ok
            else:
                print(f"SKIP OpenCV {cv2.__version__}, network {path.name}: it has no layer normalisation, GridSample, Gather by indices, or Shape of free sizes")
    return ok


if len(sys.argv) != 2:
    sys.exit(__doc__)
sys.exit(0 if main(pathlib.Path(sys.argv[1])) else 1)
