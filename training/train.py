"""Trains the demo model: `python -m training train`. Deterministic given the seed, can be stopped and started again.

Data are made while it trains, in a process of its own; conversation number n is the same on every machine.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import hashlib
import pathlib
import time
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from .conversations import Maker
from .model import Muon, Network, Shape
from .tokens import PIECES, encode_conversation

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 512
"""Tokens of the longest conversation that is trained on."""
POOL = 1536
"""Conversations that are made, sorted by length and cut into batches together."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """What the result depends on, besides the code and the version of torch.

    Attributes:
        steps: Batches in all; the rate falls to zero over the last `cooldown` of them.
        tokens: Tokens of a batch, padding included.
        threads: Processor threads; the sum's rounding depends on it.
    """

    seed: int = 1
    steps: int = 6000
    cooldown: float = 0.8
    tokens: int = 6144
    threads: int = 2
    rate: float = 0.6


Sample = tuple[list[int], list[bool]]


def _stage(pool: int) -> tuple[int, float]:
    """Longest conversation and share of re-asks in a pool: short and plain ones first."""
    if pool < 12:
        return 224, 0.1
    if pool < 30:
        return 352, 0.4
    return LONGEST, 0.5


def make_pool(seed: int, number: int) -> list[Sample]:
    """One pool of tokenised conversations."""
    maker = Maker(f"train {seed} {number}")
    longest, mend = _stage(number)
    samples: list[Sample] = []
    while len(samples) < POOL:
        conversation = maker.conversation(mend=mend)
        sample = encode_conversation(conversation.messages, conversation.learn)
        if len(sample[0]) <= longest:
            samples.append(sample)
    return samples


def _batches(samples: list[Sample], size: int, generator: torch.Generator) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Padded tokens and marks; similar lengths share a batch."""
    samples = sorted(samples, key=lambda sample: len(sample[0]))
    result: list[tuple[torch.Tensor, torch.Tensor]] = []
    batch: list[Sample] = []
    for sample in samples:
        if batch and (len(batch) + 1) * len(sample[0]) > size:
            result.append(_padded(batch))
            batch = []
        batch.append(sample)
    result.append(_padded(batch))
    return [result[index] for index in torch.randperm(len(result), generator=generator).tolist()]


def _padded(batch: list[Sample]) -> tuple[torch.Tensor, torch.Tensor]:
    length = max(len(tokens) for tokens, _ in batch)
    tokens = torch.zeros(len(batch), length, dtype=torch.long)
    marks = torch.zeros(len(batch), length, dtype=torch.bool)
    for row, (one, mark) in enumerate(batch):
        tokens[row, : len(one)] = torch.tensor(one)
        marks[row, : len(one)] = torch.tensor(mark)
    return tokens, marks


def _pools(seed: int, first: int) -> Iterator[tuple[int, list[Sample]]]:
    with concurrent.futures.ProcessPoolExecutor(1) as maker:
        waiting = [maker.submit(make_pool, seed, first + ahead) for ahead in range(2)]
        number = first
        while True:
            samples = waiting.pop(0).result()
            waiting.append(maker.submit(make_pool, seed, number + 2))
            yield number, samples
            number += 1


def loss_of(network: Network, tokens: torch.Tensor, marks: torch.Tensor) -> torch.Tensor:
    """Mean loss over the marked tokens."""
    wanted = marks[:, 1:]
    states = network(tokens[:, :-1], wanted)
    return functional.cross_entropy(network.logits(states).float(), tokens[:, 1:][wanted])


def train(folder: pathlib.Path, settings: Settings) -> pathlib.Path:
    """Trains, or goes on where it stopped.

    Args:
        folder: Where `checkpoint.pt` is kept.
        settings: What to train.

    Returns:
        The checkpoint's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "checkpoint.pt"
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    network = Network(Shape(len(PIECES)))
    matrices = [one for name, one in network.named_parameters() if one.ndim == 2 and "embedding" not in name]
    others = [one for name, one in network.named_parameters() if one.ndim != 2 or "embedding" in name]
    muon = Muon(matrices)
    adam = torch.optim.AdamW(others, lr=3e-3, betas=(0.9, 0.98), weight_decay=0.0)
    step = pool = 0
    spent = 0.0
    if path.exists():
        state = torch.load(path)
        network.load_state_dict(state["network"])
        adam.load_state_dict(state["adam"])
        muon.moments = state["muon"]
        step, pool, spent = state["step"], state["pool"], state["seconds"]
    started = time.monotonic() - spent
    shown, count, seen, mark = 0.0, 0, 0, time.monotonic()
    for number, samples in _pools(settings.seed, pool):
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + number)
        for tokens, marks in _batches(samples, settings.tokens, generator):
            factor = settings.rate * _factor(step, settings)
            for group in adam.param_groups:
                group["lr"] = 3e-3 * factor
            with torch.autocast("cpu", torch.bfloat16):
                loss = loss_of(network, tokens, marks)
            network.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(others, 1.0)
            adam.step()
            muon.step(factor)
            step += 1
            shown += loss.item()
            count += 1
            seen += tokens.numel()
            if step % 50 == 0:
                now = time.monotonic()
                print(
                    f"step {step} pool {number} loss {shown / count:.4f} {seen / (now - mark):.0f} tokens/s "
                    f"{(now - started) / 60:.1f} min",
                    flush=True,
                )
                shown, count, seen, mark = 0.0, 0, 0, now
            if step >= settings.steps:
                break
        state = {
            "network": network.state_dict(), "adam": adam.state_dict(), "muon": muon.moments, "step": step,
            "pool": number + 1, "seconds": time.monotonic() - started, "settings": dataclasses.asdict(settings),
            "shape": dataclasses.asdict(network.shape),
        }  # fmt: skip
        _save(state, path)
        if step >= settings.steps:
            print(f"weights {digest(network)}", flush=True)
            return path
    return path


def _factor(step: int, settings: Settings) -> float:
    warm = min(1.0, (step + 1) / 100)
    cool = (settings.steps - step) / max(1.0, settings.steps * settings.cooldown)
    return min(warm, cool, 1.0)


def _save(state: dict[str, Any], path: pathlib.Path) -> None:
    beside = path.with_suffix(".new")
    torch.save(state, beside)
    beside.replace(path)


def digest(network: Network) -> str:
    """SHA-256 of all weights: the same for the same seed, steps, threads and version of torch on one machine."""
    found = hashlib.sha256()
    for name, weights in network.state_dict().items():
        found.update(name.encode() + weights.contiguous().numpy().tobytes())
    return found.hexdigest()


def load(path: pathlib.Path) -> Network:
    """The network of a checkpoint."""
    state = torch.load(path)
    network = Network(Shape(**state["shape"]))
    network.load_state_dict(state["network"])
    return network.eval()
