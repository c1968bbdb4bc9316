"""A peer that waits for jobs: reads one JSON object per line, does the job with scikit-learn or faiss, prints seconds and answer as JSON.

Arrays are .npy files in the folder given as the first argument; each is loaded once.
"""
import json
import os
import sys
import time
import warnings

import numpy

warnings.filterwarnings("ignore")
folder = sys.argv[1]
arrays = {}


def array(name, dtype=None):
    key = (name, dtype)
    if key not in arrays:
        loaded = numpy.load(os.path.join(folder, name + ".npy"))
        arrays[key] = loaded if dtype is None else loaded.astype(dtype)
    return arrays[key]


def versions(_):
    import faiss
    import sklearn
    import threadpoolctl
    blas = [f"{pool['internal_api']} {pool['version']} ({pool['num_threads']} threads)" for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    return {"scikit-learn": sklearn.__version__, "faiss": faiss.__version__, "numpy": numpy.__version__, "blas": ", ".join(blas)}


def inertia(rows, centres, labels):
    """Sum of squared distances in float64, in pieces; scikit-learn's own figure is a sum in float32."""
    return float(sum(((rows[i:i + 4096].astype("float64") - centres[labels[i:i + 4096]]) ** 2).sum() for i in range(0, len(rows), 4096)))


def kmeans_sklearn(job):
    from sklearn.cluster import KMeans
    rows, start = array(job["rows"]), array(job["start"])
    begin = time.perf_counter()
    fit = KMeans(len(start), init=start, n_init=1, max_iter=job["iterations"], tol=job["tolerance"], algorithm=job["algorithm"]).fit(rows)
    seconds = time.perf_counter() - begin
    return {"seconds": seconds, "iterations": int(fit.n_iter_), "value": inertia(rows, fit.cluster_centers_, fit.labels_)}


def kmeans_faiss(job):
    import faiss
    rows, start = array(job["rows"]), array(job["start"])
    begin = time.perf_counter()
    fit = faiss.Kmeans(rows.shape[1], len(start), niter=job["iterations"], max_points_per_centroid=len(rows), verbose=False)
    fit.train(rows, init_centroids=start)
    seconds = time.perf_counter() - begin
    _, labels = fit.index.search(rows, 1)
    return {"seconds": seconds, "iterations": job["iterations"], "value": inertia(rows, fit.centroids, labels[:, 0])}


def mixture_sklearn(job):
    from sklearn.mixture import GaussianMixture
    rows, labels = array(job["rows"], "float64"), array(job["labels"])
    count = int(labels.max()) + 1

    class FromLabels(GaussianMixture):
        def _initialize_parameters(self, X, random_state):
            self._initialize(X, numpy.eye(count)[labels])

    begin = time.perf_counter()
    fit = FromLabels(count, max_iter=job["iterations"], tol=0, reg_covar=job["regularization"]).fit(rows)
    return {"seconds": time.perf_counter() - begin, "iterations": int(fit.n_iter_), "value": float(fit.lower_bound_)}


def neighbours_faiss(job):
    import faiss
    rows = array(job["rows"])
    begin = time.perf_counter()
    index = faiss.IndexFlatL2(rows.shape[1])
    index.add(rows)
    _, found = index.search(rows, job["count"] + 1)
    seconds = time.perf_counter() - begin
    numpy.save(os.path.join(folder, "faiss_neighbours.npy"), found.astype(numpy.int64))
    return {"seconds": seconds, "iterations": 1, "value": 0.0}


jobs = {"versions": versions, "kmeans-sklearn": kmeans_sklearn, "kmeans-faiss": kmeans_faiss, "mixture-sklearn": mixture_sklearn, "neighbours-faiss": neighbours_faiss}
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(jobs[asked["job"]](asked)), flush=True)
