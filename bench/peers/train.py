"""A peer that waits for jobs: reads one JSON object per line, does the job with PyTorch, prints seconds and answer as JSON.

Arrays are .npy files in the folder given as the first argument.
"""
import json
import math
import os
import sys
import time

import numpy
import torch
import torch.nn.functional as F

folder = sys.argv[1]


def array(name):
    return torch.from_numpy(numpy.load(os.path.join(folder, name + ".npy")))


def versions(job):
    torch.set_num_threads(job["threads"])
    linked = os.path.realpath("/usr/lib/x86_64-linux-gnu/libblas.so.3").split("/")[-2]
    return {"torch": torch.__version__, "threads": torch.get_num_threads(), "blas": f"libblas of {linked}, oneDNN {'on' if torch.backends.mkldnn.is_available() else 'off'}"}


def spline():
    """Cubic B-splines of 5 controls at 28 pixels, rows of unit length."""
    distance = (torch.arange(28.).unsqueeze(1) * 4 / 27 - torch.arange(5.)).abs()
    near, far = 2 / 3 - distance ** 2 * (1 - distance / 2), (2 - distance).clamp(min=0) ** 3 / 6
    weights = torch.where(distance < 1, near, far)
    return weights / weights.norm(dim=1, keepdim=True)


WEIGHTS = spline()
GRID = torch.stack(torch.meshgrid(torch.arange(28.) - 13.5, torch.arange(28.) - 13.5, indexing="xy"), -1)  # [28,28,2], x then y


def augment(images, o):
    """One view of each image [N,28,28] uint8, as float [N,1,28,28]: the transforms of src/Train/Augmentations by grid_sample."""
    n = len(images)

    def within(limit, *shape):
        return (torch.rand(n, *shape) * 2 - 1) * limit
    angle, shear, stretch = within(o["RotationDegrees"] * math.pi / 180), within(o["Shear"]), within(o["Anisotropy"] / 2)
    scale = math.log(o["ScaleLow"]) + torch.rand(n) * (math.log(o["ScaleHigh"]) - math.log(o["ScaleLow"]))
    sx, sy, sin, cos = torch.exp(-scale - stretch), torch.exp(-scale + stretch), angle.sin(), angle.cos()
    matrix = torch.stack([cos * sx, (cos * shear - sin) * sy, sin * sx, (sin * shear + cos) * sy], 1).view(n, 2, 2)
    place = torch.einsum("nab,yxb->nyxa", matrix, GRID) + within(o["Shift"] * 28, 2).view(n, 1, 1, 2)
    if o["Elastic"] > 0:
        control = torch.randn(n, 2, 5, 5) * o["Elastic"]
        place = place + torch.matmul(torch.matmul(WEIGHTS, control), WEIGHTS.t()).permute(0, 2, 3, 1)
    view = F.grid_sample(images.unsqueeze(1).float() / 255, place / 13.5, align_corners=True)  # [N,1,28,28]
    chosen = (torch.rand(n) < o["ThicknessProbability"]).nonzero().squeeze(1)
    if len(chosen):
        part, amount = view[chosen], (torch.rand(len(chosen)) * 1.7 - .7).view(-1, 1, 1, 1)
        sides = F.pad(part, (1, 1, 1, 1))
        near = torch.stack([part, sides[:, :, 1:-1, :-2], sides[:, :, 1:-1, 2:], sides[:, :, :-2, 1:-1], sides[:, :, 2:, 1:-1]])
        view[chosen] = part + amount.abs() * (torch.where(amount > 0, near.amax(0), near.amin(0)) - part)
    if o["EraseProbability"] > 0:
        size = torch.randint(4, o["EraseSide"] + 1, (n, 2))
        start = (torch.rand(n, 2) * (29 - size)).floor()
        inside = ((GRID + 13.5 >= start.view(n, 1, 1, 2)) & (GRID + 13.5 < (start + size).view(n, 1, 1, 2))).all(-1)
        view = view.masked_fill((inside & (torch.rand(n) < o["EraseProbability"]).view(n, 1, 1)).unsqueeze(1), 0)
    if o["BarProbability"] > 0:
        turn, offset = torch.rand(n) * math.pi, torch.rand(n) * 16 - 8
        distance = torch.einsum("yxb,nb->nyx", GRID, torch.stack([turn.cos(), turn.sin()], 1)) - offset.view(n, 1, 1)
        bar = (distance.abs() <= o["BarWidth"] / 2) & (torch.rand(n) < o["BarProbability"]).view(n, 1, 1)
        view = view.masked_fill(bar.unsqueeze(1), 0)
    if o["StrokeProbability"] > 0:
        turn, length, radius = torch.rand(n) * math.pi, 6 + torch.rand(n) * 8, 1 + torch.rand(n) / 2
        away = GRID + 13.5 - (7 + torch.rand(n, 2) * 13).view(n, 1, 1, 2)  # [N,28,28,2]
        direction = torch.stack([turn.cos(), turn.sin()], 1).view(n, 1, 1, 2)
        half = (length / 2).view(n, 1, 1)
        along = (away * direction).sum(-1).clamp(-half, half)
        ink = (radius.view(n, 1, 1) + .5 - (away - along.unsqueeze(-1) * direction).norm(dim=-1)).clamp(0, 1)
        view = torch.maximum(view, (ink * (torch.rand(n) < o["StrokeProbability"]).view(n, 1, 1)).unsqueeze(1))
    return view


class Encoder(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.conv1, self.conv2, self.fc = torch.nn.Conv2d(1, 32, 5, 2, 2), torch.nn.Conv2d(32, 64, 3, 1, 1), torch.nn.Linear(3136, size)
        self.norm = torch.nn.BatchNorm1d(size, affine=False)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
        return F.normalize(self.norm(self.fc(x.flatten(1))))


class MoCo:
    def __init__(self, o):
        self.o, self.query, self.key, self.queue = o, Encoder(o["EmbeddingSize"]), Encoder(o["EmbeddingSize"]), array("queue").clone()
        for branch, name in ((self.query, "query"), (self.key, "key")):
            branch.load_state_dict({entry: array(f"{name}.encoder.{entry}") for entry in branch.state_dict() if "num_batches" not in entry}, strict=False)
        self.optimizer = torch.optim.SGD(self.query.parameters(), o["LearningRate"], o["Momentum"], weight_decay=o["WeightDecay"])

    def step(self, first, second, number):
        o = self.o
        with torch.no_grad():
            for k, q in zip(self.key.parameters(), self.query.parameters()):
                k.mul_(o["KeyMomentum"]).add_(q, alpha=1 - o["KeyMomentum"])
            key = self.key(second)
        query = self.query(first)
        own = query @ key.t() if o["BatchNegatives"] else (query * key).sum(1, keepdim=True)
        logits = torch.cat([own, query @ self.queue.t()], 1) / o["Temperature"]
        loss = F.cross_entropy(logits, torch.arange(len(logits)) if o["BatchNegatives"] else torch.zeros(len(logits), dtype=torch.long))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        at = number * len(key) % len(self.queue)
        self.queue[at:at + len(key)] = key
        return loss.item()


def augment_job(job):
    images = array("images")[:job["count"]]
    begin = time.perf_counter()
    total = 0.
    for start in range(0, len(images), 256):
        for _ in range(2):
            total += augment(images[start:start + 256], job["Augmentation"]).sum().item()
    return {"seconds": time.perf_counter() - begin, "iterations": 1, "value": total / (2 * images.numel())}


def step_job(job):
    views, model = array("views"), MoCo(job["options"])
    begin = time.perf_counter()
    for number in range(job["steps"]):
        loss = model.step(views[0, number], views[1, number], number)
    return {"seconds": time.perf_counter() - begin, "iterations": job["steps"], "value": loss}


def epoch_job(job):
    images, model, size = array("images"), MoCo(job["options"]), job["options"]["BatchSize"]
    begin = time.perf_counter()
    for number in range(len(images) // size):
        batch = images[number * size:(number + 1) * size]
        loss = model.step(augment(batch, job["options"]["Augmentation"]), augment(batch, job["options"]["Augmentation"]), number)
    return {"seconds": time.perf_counter() - begin, "iterations": len(images) // size, "value": loss}


jobs = {"versions": versions, "augment": augment_job, "step": step_job, "epoch": epoch_job}
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(jobs[asked["job"]](asked)), flush=True)
