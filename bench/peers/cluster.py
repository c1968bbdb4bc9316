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


def tsne_sklearn(job):
    from sklearn.manifold import TSNE
    rows = array(job["rows"])
    begin = time.perf_counter()
    places = TSNE(init="pca", learning_rate="auto", n_iter=job["iterations"], n_jobs=-1).fit_transform(rows)
    seconds = time.perf_counter() - begin
    numpy.save(os.path.join(folder, "tsne_sklearn.npy"), places)
    return {"seconds": seconds, "iterations": job["iterations"], "value": divergence(rows, places)}


def tsne_quality(job):
    """Divergence of a picture, and the share of 10 neighbours that it keeps."""
    from sklearn.neighbors import NearestNeighbors
    rows, places = array(job["rows"]), numpy.load(os.path.join(folder, job["places"] + ".npy"))
    truth, near = (NearestNeighbors(n_neighbors=10).fit(x).kneighbors(return_distance=False) for x in (rows, places))
    kept = sum(len(set(a) & set(b)) for a, b in zip(truth, near)) / truth.size
    return {"value": divergence(rows, places), "kept": kept}


def divergence(rows, places):
    """Kullback-Leibler divergence (nats) with scikit-learn's similarities of the rows and exact ones of the places."""
    from sklearn.manifold._t_sne import _joint_probabilities_nn
    from sklearn.neighbors import NearestNeighbors
    graph = NearestNeighbors(n_neighbors=91).fit(rows).kneighbors_graph(mode="distance")
    graph.data **= 2
    wanted = _joint_probabilities_nn(graph, 30.0, 0).tocoo()
    places = places.astype("float64")
    total = sum((1 / (1 + ((places[i:i + 500, None] - places[None]) ** 2).sum(2))).sum() for i in range(0, len(places), 500)) - len(places)
    squares = ((places[wanted.row] - places[wanted.col]) ** 2).sum(1)
    return float((wanted.data * numpy.log(numpy.maximum(wanted.data, 1e-300) * total * (1 + squares))).sum())


jobs = {"versions": versions, "kmeans-sklearn": kmeans_sklearn, "kmeans-faiss": kmeans_faiss, "mixture-sklearn": mixture_sklearn, "neighbours-faiss": neighbours_faiss,
        "tsne-sklearn": tsne_sklearn, "tsne-quality": tsne_quality}
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(jobs[asked["job"]](asked)), flush=True)
