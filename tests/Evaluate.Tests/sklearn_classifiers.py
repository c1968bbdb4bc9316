"""Reads {folder, weight, bias} as JSON from standard input and prints what scikit-learn's classifiers make of the embeddings in the folder: one line for 20 and
for 200 neighbours, one for logistic regression beside the linear probe with that weight and bias."""
import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

case = json.loads(sys.stdin.readline())
train, digits, test, truth = (np.load(f"{case['folder']}/{name}.npy").astype(kind) for name, kind in (("train", float), ("digits", int), ("test", float), ("truth", int)))
digits, truth = digits.ravel(), truth.ravel()

for count in (20, 200):
    model = KNeighborsClassifier(count, metric="cosine", algorithm="brute", weights=lambda distances: np.exp((1 - distances) / .07)).fit(train, digits)
    votes = np.sort(model.predict_proba(test), axis=1)
    distances, _ = model.kneighbors(test, count + 1)
    # Where the two best digits have nearly the same votes, or the last voter and the next are as far, rounding decides.
    close = (votes[:, -1] - votes[:, -2] < 1e-4) | (distances[:, -1] - distances[:, -2] < 1e-6)
    print(json.dumps({"digits": model.predict(test).tolist(), "close": close.tolist(), "accuracy": model.score(test, truth)}))

scaler = StandardScaler().fit(train)
regression = LogisticRegression(max_iter=5000).fit(scaler.transform(train), digits)
logits = train @ np.array(case["weight"]).T + np.array(case["bias"])
shares = np.exp(logits - logits.max(axis=1, keepdims=True))
print(json.dumps({
    "accuracy": regression.score(scaler.transform(test), truth),
    "loss": log_loss(digits, regression.predict_proba(scaler.transform(train))),
    "probe_loss": log_loss(digits, shares / shares.sum(axis=1, keepdims=True)),
}))
