"""The network: a llama as small as it gets, written so that its weights go into a GGUF file as they are.

Root-mean-square norms, rotary positions, gated feed-forward layers, input and output embeddings shared.
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclasses.dataclass(frozen=True)
class Shape:
    """Sizes of the network; the defaults are those of the shipped model."""

    vocabulary: int
    width: int = 160
    layers: int = 5
    heads: int = 5
    hidden: int = 448
    rope_base: float = 10000.0
    epsilon: float = 1e-5


class Layer(nn.Module):
    """Attention and a gated feed-forward layer, each behind a norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, hidden = shape.width, shape.hidden
        self.heads = shape.heads
        self.attention_norm = nn.RMSNorm(width, eps=shape.epsilon)
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.forward_norm = nn.RMSNorm(width, eps=shape.epsilon)
        self.gate = nn.Linear(width, hidden, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, states: Tensor, cosine: Tensor, sine: Tensor, keep: Tensor | None = None) -> Tensor:
        """States after this layer; of the positions in `keep` alone, in one row, when it is given."""
        batch, length, width = states.shape
        normed = self.attention_norm(states)
        weight = torch.cat((self.query.weight, self.key.weight, self.value.weight))
        query, key, value = (
            functional.linear(normed, weight)
            .view(batch, length, 3, self.heads, width // self.heads)
            .permute(2, 0, 3, 1, 4)
        )
        mixed = _attention(_rotated(query, cosine, sine), _rotated(key, cosine, sine), value)
        mixed = mixed.transpose(1, 2).reshape(batch, length, width)
        if keep is not None:
            states, mixed = states[keep], mixed[keep]
        states = states + self.output(mixed)
        normed = self.forward_norm(states)
        weight = torch.cat((self.gate.weight, self.up.weight))
        gate, up = functional.linear(normed, weight).chunk(2, -1)
        return states + self.down(functional.silu(gate) * up)


class Network(nn.Module):
    """The whole network: tokens in, the final hidden states out; `logits` turns these into predictions."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        nn.init.normal_(self.embedding.weight, std=0.02)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2 and "embedding" not in name:
                scale = 0.0 if name.endswith(("output.weight", "down.weight")) else 1.0
                nn.init.normal_(parameter, std=scale * shape.width**-0.5)

    def forward(self, tokens: Tensor, keep: Tensor | None = None) -> Tensor:
        """Final states of tokens, one row a conversation; or of the positions in `keep` alone, in one row."""
        half = self.shape.width // self.shape.heads // 2
        frequencies = self.shape.rope_base ** (-torch.arange(half) / half)
        angles = torch.arange(tokens.shape[1])[:, None] * frequencies[None]
        states = self.embedding(tokens)
        kind = torch.bfloat16 if torch.is_autocast_enabled("cpu") else states.dtype
        cosine, sine = angles.cos().to(kind), angles.sin().to(kind)
        last = len(self.layers) - 1
        for number, layer in enumerate(self.layers):
            states = layer(states, cosine, sine, keep if number == last else None)
        return self.norm(states)

    def logits(self, states: Tensor) -> Tensor:
        """Predictions for the tokens that follow."""
        return functional.linear(states, self.embedding.weight)


def _attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Causal attention in plain matrix products: for short texts on a CPU twice as fast as torch's own."""
    scores = (query * query.shape[-1] ** -0.5) @ key.mT
    future = torch.full(scores.shape[-2:], float("-inf"), dtype=scores.dtype).triu(1)
    return torch.softmax(scores + future, -1).to(value.dtype) @ value


def _rotated(heads: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary positions on the two halves of each head; `export` reorders the rows to llama.cpp's pairs."""
    first, second = heads.chunk(2, -1)
    return torch.cat((first * cosine - second * sine, first * sine + second * cosine), -1)


class Muon:
    """Momentum whose steps are made orthogonal, for the matrices inside the network.

    It reaches the same loss in about half the steps that AdamW needs.
    """

    def __init__(self, matrices: list[nn.Parameter], *, rate: float = 0.02, momentum: float = 0.95) -> None:
        groups: dict[tuple[int, ...], list[nn.Parameter]] = {}
        for matrix in matrices:
            groups.setdefault(tuple(matrix.shape), []).append(matrix)
        self.groups = list(groups.values())
        self.moments = [torch.zeros(len(group), *group[0].shape) for group in self.groups]
        self.rate = rate
        self.momentum = momentum

    @torch.no_grad()
    def step(self, factor: float, decay: float = 0.01) -> None:
        """One step at `factor` times the rate."""
        for group, moment in zip(self.groups, self.moments, strict=True):
            gradient = torch.stack([one.grad if one.grad is not None else torch.zeros_like(one) for one in group])
            moment.lerp_(gradient, 1 - self.momentum)
            step = _orthogonal(gradient.lerp(moment, self.momentum))
            rows, columns = group[0].shape
            size = self.rate * factor * max(1.0, rows / columns) ** 0.5
            for one, change in zip(group, step, strict=True):
                one.mul_(1 - self.rate * factor * decay).add_(change, alpha=-size)


def _orthogonal(matrices: Tensor) -> Tensor:
    """Newton-Schulz iteration towards the nearest orthogonal matrices."""
    x = matrices.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return (x.mT if tall else x).float()
