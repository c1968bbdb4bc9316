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


def warped(images, o):
    """Affine and elastic maps of images, float [N,1,28,28]."""
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
    return F.grid_sample(images, place / 13.5, align_corners=True)  # [N,1,28,28]


def augment(images, o):
    """One view of each image [N,28,28] uint8, as float [N,1,28,28]: the transforms of src/Train/Augmentations by grid_sample."""
    n = len(images)
    view = warped(images.unsqueeze(1).float() / 255, o)
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


class Generator(torch.nn.Module):
    def __init__(self, o):
        super().__init__()
        c, h, nn = o["ChannelCount"], o["HiddenSize"], torch.nn
        self.fc1, self.norm1 = nn.Linear(o["NoiseSize"] + o["ClusterCount"] + o["ContinuousCount"], h, bias=False), nn.BatchNorm1d(h)
        self.fc2, self.norm2 = nn.Linear(h, 98 * c, bias=False), nn.BatchNorm1d(98 * c)
        self.conv1, self.norm3, self.conv2 = nn.ConvTranspose2d(2 * c, c, 4, 2, 1, bias=False), nn.BatchNorm2d(c), nn.ConvTranspose2d(c, 1, 4, 2, 1)

    def forward(self, latent):
        x = F.relu(self.norm2(self.fc2(F.relu(self.norm1(self.fc1(latent))))))
        return torch.sigmoid(self.conv2(F.relu(self.norm3(self.conv1(x.view(len(x), -1, 7, 7))))))


class Recogniser(torch.nn.Module):
    def __init__(self, o):
        super().__init__()
        c, h, nn = o["ChannelCount"], o["HiddenSize"], torch.nn
        self.conv1, self.conv2, self.norm2 = nn.Conv2d(1, c, 4, 2, 1), nn.Conv2d(c, 2 * c, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * c)
        self.fc, self.norm3 = nn.Linear(98 * c, h, bias=False), nn.BatchNorm1d(h)
        self.embedding, self.norm4 = nn.Linear(h, 128, bias=False), nn.BatchNorm1d(128)
        self.code, self.continuous = nn.Linear(128, o["ClusterCount"]), nn.Linear(128, o["ContinuousCount"])

    def forward(self, x, real):
        def normalise(norm, x):
            return norm(x) if real else F.batch_norm(x, None, None, norm.weight, norm.bias, True)
        x = F.leaky_relu(self.conv1(x), .1)
        x = F.leaky_relu(normalise(self.norm2, self.conv2(x)), .1).flatten(1)
        feature = F.leaky_relu(normalise(self.norm3, self.fc(x)), .1)
        rows = F.leaky_relu(normalise(self.norm4, self.embedding(feature)), .1)
        return feature, self.code(rows), self.continuous(rows)


class InfoGan:
    def __init__(self, o):
        self.o, self.generator, self.recogniser, self.realness = o, Generator(o), Recogniser(o), torch.nn.Linear(o["HiddenSize"], 1)
        for part, name in ((self.generator, "generator"), (self.recogniser, "recogniser"), (self.realness, "realness")):
            part.load_state_dict({entry: array(f"infogan.{name}.{entry}") for entry in part.state_dict() if "num_batches" not in entry}, strict=False)
        self.joint = torch.full((o["ClusterCount"], o["ClusterCount"]), 1 / o["ClusterCount"] ** 2)
        self.judges = [*self.recogniser.parameters(), *self.realness.parameters()]
        self.judge_optimizer = torch.optim.Adam(self.judges, o["LearningRate"] * o["DiscriminatorRate"], (.5, .999))
        self.generator_optimizer = torch.optim.Adam(self.generator.parameters(), o["LearningRate"], (.5, .999))

    def judge(self, image, real):
        feature, code, continuous = self.recogniser(image, real)
        return self.realness(feature).squeeze(1), code, continuous

    def information(self, code, continuous, target, values):
        return self.o["CategoricalWeight"] * F.cross_entropy(code, target) + self.o["ContinuousWeight"] * (continuous - values).pow(2).sum(1).mean() / 2

    def step(self, real, noise, values, warp):
        o = self.o
        target = torch.arange(len(noise)) % o["ClusterCount"]
        fake = warp(self.generator(torch.cat([noise, F.one_hot(target, o["ClusterCount"]).float(), values], 1)))
        for parameter in self.judges:
            parameter.requires_grad_(True)
        (on_real, code, _), (on_fake, fake_code, fake_values) = self.judge(real, True), self.judge(fake.detach(), False)
        loss = F.binary_cross_entropy_with_logits(on_real, torch.full_like(on_real, o["RealTarget"])) + F.binary_cross_entropy_with_logits(on_fake, torch.zeros_like(on_fake))
        loss = loss + self.information(fake_code, fake_values, target, values)
        first, second = code.softmax(1).chunk(2)
        joint = first.t() @ second / len(first)
        joint = (joint + joint.t()) / 2
        self.joint = o["ConsistencyMemory"] * self.joint + (1 - o["ConsistencyMemory"]) * joint.detach()
        joint = (joint + (self.joint - joint).detach()).clamp(min=1e-8)
        loss = loss - o["ConsistencyWeight"] * (joint * (joint.log() - o["ConsistencyEvenness"] * (joint.sum(1, keepdim=True).log() + joint.sum(1).log()))).sum()
        self.judge_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.judge_optimizer.step()
        for parameter in self.judges:
            parameter.requires_grad_(False)
        on_fake, fake_code, fake_values = self.judge(fake, False)
        self.generator_optimizer.zero_grad(set_to_none=True)
        (F.softplus(-on_fake).mean() + self.information(fake_code, fake_values, target, values)).backward()
        self.generator_optimizer.step()
        return loss.item()


def infogan_step_job(job):
    views, noise, values, places, model = array("infogan_views"), array("infogan_noise"), array("infogan_continuous"), array("infogan_places"), InfoGan(job["options"])
    begin = time.perf_counter()
    for number in range(job["steps"]):
        loss = model.step(views[number], noise[number], values[number], lambda image: F.grid_sample(image, places[number], align_corners=True))
    return {"seconds": time.perf_counter() - begin, "iterations": job["steps"], "value": loss}


def infogan_steps_job(job):
    o, images, model = job["options"], array("images"), InfoGan(job["options"])
    begin = time.perf_counter()
    for number in range(job["steps"]):
        batch = images[number * o["BatchSize"]:(number + 1) * o["BatchSize"]]
        real = torch.cat([augment(batch, o["Augmentation"]), augment(batch, o["Augmentation"])])
        noise, values = torch.rand(len(batch), o["NoiseSize"]) * 2 - 1, torch.rand(len(batch), o["ContinuousCount"]) * 2 - 1
        loss = model.step(real, noise, values, lambda image: warped(image, o["Augmentation"]))
    return {"seconds": time.perf_counter() - begin, "iterations": job["steps"], "value": loss}


jobs = {"versions": versions, "augment": augment_job, "step": step_job, "epoch": epoch_job, "infogan_step": infogan_step_job, "infogan_steps": infogan_steps_job}
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(jobs[asked["job"]](asked)), flush=True)
