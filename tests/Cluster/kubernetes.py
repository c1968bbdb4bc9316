#!/usr/bin/env python3
"""Are the manifests of deploy/kubernetes what the API takes? kubernetes.py FOLDER

Fields and types are those of batch/v1 Job and v1 PersistentVolumeClaim as far as the manifests use them; any other field is an error.
The whole published schema takes them too: set KUBERNETES_SCHEMA to a folder that has job-batch-v1.json and
persistentvolumeclaim-v1.json (strict, such as kubeconform's) to check against it.
"""
import json
import os
import sys
from pathlib import Path

import yaml

QUANTITIES = {"cpu": str, "memory": str, "storage": str}
CONTAINER = {
    "name": str, "image": str, "command": [str], "env": [{"name": str, "value": str}],
    "resources": {"requests": QUANTITIES, "limits": QUANTITIES},
    "volumeMounts": [{"name": str, "mountPath": str, "readOnly": bool}],
}
POD = {
    "restartPolicy": {"Never", "OnFailure"}, "containers": [CONTAINER],
    "volumes": [{"name": str, "persistentVolumeClaim": {"claimName": str, "readOnly": bool}}],
}
RULE = {
    "action": {"Ignore", "FailIndex", "FailJob", "Count"},
    "onPodConditions": [{"type": str, "status": str}],
    "onExitCodes": {"containerName": str, "operator": {"In", "NotIn"}, "values": [int]},
}
FIELDS = {
    ("batch/v1", "Job"): {
        "completions": int, "parallelism": int, "completionMode": {"Indexed", "NonIndexed"}, "backoffLimit": int,
        "backoffLimitPerIndex": int, "maxFailedIndexes": int, "podFailurePolicy": {"rules": [RULE]}, "template": {"spec": POD},
    },
    ("v1", "PersistentVolumeClaim"): {
        "accessModes": [{"ReadWriteMany", "ReadWriteOnce", "ReadOnlyMany"}], "resources": {"requests": QUANTITIES}, "storageClassName": str,
    },
}


def faults(value, kind, place):
    """What of a value is not of its kind: a type, the words it may be, a list of one kind, or the kinds of fields."""
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            return [f"{place}: expected fields, found {value!r}"]
        return [fault for name, item in value.items()
                for fault in (faults(item, kind[name], f"{place}.{name}") if name in kind else [f"{place}.{name}: no such field"])]
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [f"{place}: expected a list, found {value!r}"]
        return [fault for index, item in enumerate(value) for fault in faults(item, kind[0], f"{place}[{index}]")]
    if isinstance(kind, set):
        return [] if value in kind else [f"{place}: expected one of {sorted(kind)}, found {value!r}"]
    return [] if type(value) is kind else [f"{place}: expected {kind.__name__}, found {value!r}"]


def job_faults(job, claims, place):
    """Rules between the fields of a job."""
    spec, found = job["spec"], []
    pod = spec["template"]["spec"]
    container = pod["containers"][0]

    def require(holds, rule):
        if not holds:
            found.append(f"{place}: {rule}")

    if "backoffLimitPerIndex" in spec or "podFailurePolicy" in spec:
        require(pod["restartPolicy"] == "Never", "backoffLimitPerIndex and podFailurePolicy need restartPolicy Never")
    if "backoffLimitPerIndex" in spec:
        require(spec.get("completionMode") == "Indexed", "backoffLimitPerIndex needs completionMode Indexed")
    for rule in spec.get("podFailurePolicy", {}).get("rules", []):
        require(("onExitCodes" in rule) != ("onPodConditions" in rule), "a rule has exit codes or conditions")
        codes = rule.get("onExitCodes", {"values": [1], "containerName": container["name"]})
        require(codes["values"] == sorted(set(codes["values"])) and (0 not in codes["values"]), "exit codes are in order, without 0")
        require(codes["containerName"] == container["name"], "exit codes are of a container that there is")
    volumes = {volume["name"]: volume["persistentVolumeClaim"]["claimName"] for volume in pod["volumes"]}
    require(set(volumes.values()) <= claims, f"expected claims among {sorted(claims)}, found {sorted(volumes.values())}")
    require({mount["name"] for mount in container["volumeMounts"]} == set(volumes), "expected each volume mounted")
    if spec.get("completionMode") == "Indexed":
        told = {variable["name"]: variable["value"] for variable in container["env"]}
        require(told.get("JOB_COMPLETIONS") == str(spec["completions"]), "expected JOB_COMPLETIONS as many as completions")
        require(container["command"][-3:-1] == ["--shard", "auto"], "expected --shard auto")
    return found


def command(job):
    return job["spec"]["template"]["spec"]["containers"][0]["command"]


def output(job):
    words = command(job)
    return words[words.index("--out") + 1]


def main(folder):
    manifests = [(path.name, manifest) for path in sorted(Path(folder).glob("*.yaml")) for manifest in yaml.safe_load_all(path.read_text())]
    found = []
    for name, manifest in manifests:
        known = FIELDS.get((manifest["apiVersion"], manifest["kind"]))
        found += [f"{name}: unknown kind {manifest['kind']}"] if known is None else faults(
            manifest, {"apiVersion": str, "kind": str, "metadata": {"name": str}, "spec": known}, name)
    claims = {manifest["metadata"]["name"] for _, manifest in manifests if manifest["kind"] == "PersistentVolumeClaim"}
    jobs = [(name, manifest) for name, manifest in manifests if manifest["kind"] == "Job"]
    if not found:
        found += [fault for name, job in jobs for fault in job_faults(job, claims, name)]
        embeds = [job for _, job in jobs if command(job)[1] == "embed"]
        if len({output(job) for job in embeds}) != 1 or len(embeds) < 2:
            found.append("expected one job to merge what the other embeds")
        for name, job in jobs:
            if job not in embeds and job["spec"]["parallelism"] != job["spec"]["completions"]:
                found.append(f"{name}: ranks of a fit wait for one another, so all must run at once")
    schema = os.environ.get("KUBERNETES_SCHEMA")
    if schema:
        import jsonschema
        for name, manifest in manifests:
            file = "job-batch-v1.json" if manifest["kind"] == "Job" else "persistentvolumeclaim-v1.json"
            try:
                jsonschema.validate(manifest, json.loads(Path(schema, file).read_text()))
            except jsonschema.ValidationError as error:
                found.append(f"{name}: {'.'.join(map(str, error.absolute_path))}: {error.message.splitlines()[0]}")
    print(f"FAIL kubernetes: {'; '.join(found)}" if found else
          f"PASS kubernetes: {len(manifests)} manifests have the fields of the API{' and its published schema' if schema else ''}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
