"""Reads labelings as JSON from standard input, one {clusters, digits, rows?, places?} per line, and prints scikit-learn's figures for each."""
import json
import sys

import numpy
from scipy.optimize import linear_sum_assignment
from sklearn import manifold, metrics

for line in sys.stdin:
    case = json.loads(line)
    digits, clusters = case["digits"], case["clusters"]
    counts = metrics.cluster.contingency_matrix(digits, clusters)
    rows, columns = linear_sum_assignment(-counts)
    homogeneity, completeness, v_measure = metrics.homogeneity_completeness_v_measure(digits, clusters)
    print(json.dumps({
        "accuracy": counts[rows, columns].sum() / counts.sum(),
        "purity": counts.max(axis=0).sum() / counts.sum(),
        "nmi": metrics.normalized_mutual_info_score(digits, clusters),
        "ami": metrics.adjusted_mutual_info_score(digits, clusters),
        "ari": metrics.adjusted_rand_score(digits, clusters),
        "homogeneity": homogeneity,
        "completeness": completeness,
        "v_measure": v_measure,
        "trustworthiness": manifold.trustworthiness(numpy.array(case["rows"]), numpy.array(case["places"]), n_neighbors=5) if "places" in case else 0,
        "silhouette": metrics.silhouette_score(numpy.array(case["rows"]), clusters) if "rows" in case and "places" not in case else 0,
    }))
