"""What the Python checks do: compare test vectors and accuracy with accuracy.json, and end with 1 on a miss."""
import glob
import hashlib
import json
import os
import sys
import time

import numpy as np

from reading import read_images, read_tensor


def difference(found, expected):
    """The largest one, of numbers above 1 relative."""
    if found.shape != expected.shape:
        return float("inf")
    return float((np.abs(found - expected) / np.maximum(1, np.abs(expected))).max())


def check(runtime, version, family, load):
    """load(path of a model, names of its outputs) gives a function from images [N,C,H,W] to a dictionary of outputs."""
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} BUNDLE DATA [OUT]: DATA is a folder with IDX or PNG files, OUT a folder for outputs")
    bundle, data, out = (sys.argv + [None])[1:4]
    facts, naming = (json.load(open(os.path.join(bundle, name), encoding="utf-8")) for name in ("accuracy.json", "clusters.json"))
    path, allowed, expected = os.path.join(bundle, facts["model"]), facts["tolerances"][family], facts["variants"][facts["model"]]
    if hashlib.sha256(open(path, "rb").read()).hexdigest() != expected["sha256"]:
        sys.exit(f"MISS: the SHA-256 of {path} is not that of accuracy.json")
    ok, run, differences = True, load(path, facts["outputs"]), []
    for folder in sorted(glob.glob(os.path.join(bundle, "test_data_set_*"))):
        found = run(read_tensor(f"{folder}/input_0.pb"))
        for i, name in [pair for pair in enumerate(facts["outputs"]) if pair[1] in found]:
            differences.append(difference(found[name], read_tensor(f"{folder}/output_{i}.pb")))
            ok = ok and differences[-1] <= allowed["outputs"][name]
    print(f"{runtime} {version}: largest difference of test vectors {max(differences):.1e}, vectors {'pass' if ok else 'MISS'}")
    images, labels = read_images(data, *[facts["input"][key] for key in ("channels", "height", "width")])
    start = time.perf_counter()
    batches = [run(images[i:i + 64].astype(np.float32) / np.float32(255)) for i in range(0, len(images), 64)]
    seconds = time.perf_counter() - start
    found = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    if naming["centres"]:
        centres = np.array(naming["centres"])
        found["cluster"] = np.array([((centres - row) ** 2).sum(1).argmin() for row in found["embedding"].astype(np.float64)])
    elif "cluster" not in found and "probability" in found:
        found["cluster"] = found["probability"].argmax(1)
    accuracy = None
    if labels is not None and naming["class_of_cluster"] and "cluster" in found:
        accuracy = float((np.array(naming["class_of_cluster"])[found["cluster"]] == labels).mean())
    digest = hashlib.sha256(images.tobytes() + (b"" if labels is None else labels.astype(facts["label_type"]).tobytes())).hexdigest()
    judged = digest == facts["images"]["sha256"] and expected["accuracy"] is not None
    ok = ok and not (judged and not abs((accuracy or 0) - expected["accuracy"]) <= allowed["accuracy"])
    told = "of other images than accuracy.json's" if not judged else f"expected {expected['accuracy']:.2%}"
    figure = "unknown" if accuracy is None else f"{accuracy:.2%}"
    print(f"{runtime} {version}: {len(images)} images, {len(images) / seconds:.0f} images/s, accuracy {figure} ({told})")
    if out:
        for name in found.keys() & {"embedding", "probability", "cluster"}:
            found[name].astype("<i4" if name == "cluster" else "<f4").tofile(os.path.join(out, name))
        json.dump({"version": version, "images": len(images), "difference": max(differences), "seconds": seconds}, open(os.path.join(out, "result.json"), "w"))
    sys.exit(0 if ok else 1)
