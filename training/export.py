"""Writes a trained network as a GGUF file that llama.cpp and Ollama run."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Literal

import gguf
import numpy as np
import pydantic

from instructor_ollama._prompt.messages import reask, schema_text, with_schema
from instructor_ollama._schema.target import Target

from .tokens import CHAT_TEMPLATE, CONTROL, END_ID, FIRST_BYTE, PHRASES, PIECES, UNKNOWN

if TYPE_CHECKING:
    import pathlib

    from torch import Tensor

    from .model import Network

CONTEXT = 2048
"""Tokens of the context window that the file asks for."""
FINGERPRINT_KEY = "instructor_ollama.prompt_fingerprint"


def prompt_fingerprint() -> str:
    """A hash over what the library sends for fixed types: changes when the prompt does.

    Pydantic's own wording is left out but for "Field required", so its next version changes nothing here.
    """

    class Address(pydantic.BaseModel):
        city: str
        country: str | None = None

    class User(pydantic.BaseModel):
        """A person."""

        name: Annotated[str, pydantic.AfterValidator(_refused)] = pydantic.Field(description="full name", min_length=1)
        age: int = pydantic.Field(ge=0, le=120)
        fee: float = pydantic.Field(0, ge=0)
        role: Literal["admin", "user"] = "user"
        address: Address
        tags: list[str]

    texts: list[object] = []
    wrong = '{"name": "Jason", "age": 25, "address": {}, "tags": []}'
    for target, answer in ((Target(User), wrong), (Target(list[User]), f'{{"result": [{wrong}]}}')):
        for system in ([], [{"role": "system", "content": "Be exact."}]):
            texts.append(with_schema([*system, {"role": "user", "content": "A text."}], schema_text(target)))  # noqa: PERF401
        try:
            target.validate(answer)
        except pydantic.ValidationError as error:
            texts.append(reask(answer, error, target))
        texts.append(reask(answer, ValueError("a reason"), target))
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()


def stamp(path: pathlib.Path) -> None:
    """Writes the fingerprint of today's prompt over the one in a file, of which nothing else changes."""
    old = gguf.GGUFReader(path).fields[FINGERPRINT_KEY].contents().encode()
    content = path.read_bytes()
    if content.count(old) != 1:
        raise ValueError(f"{path} does not hold its fingerprint once")
    path.write_bytes(content.replace(old, prompt_fingerprint().encode()))


def _refused(name: str) -> str:
    raise ValueError(f"{name} is refused")


def export(network: Network, path: pathlib.Path, *, about: str) -> None:
    """Writes the network with its vocabulary, chat template and the fingerprint of the prompt it was trained on.

    Args:
        network: Trained.
        path: The file to write; an old one is replaced when the new one is whole.
        about: One sentence on what the model is, for the file's own description.
    """
    shape = network.shape
    beside = path.with_suffix(".new")
    writer = gguf.GGUFWriter(beside, "llama")
    writer.add_name("instructor_ollama demo")
    writer.add_description(about)
    writer.add_license("MIT")
    writer.add_string(FINGERPRINT_KEY, prompt_fingerprint())
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_vocab_size(len(PIECES))
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    _add_vocabulary(writer)
    for name, weights in _tensors(network).items():
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    beside.replace(path)


def _add_vocabulary(writer: gguf.GGUFWriter) -> None:
    kinds: list[int] = []
    for number, piece in enumerate(PIECES):
        if piece == UNKNOWN:
            kinds.append(gguf.TokenType.UNKNOWN)
        elif piece in CONTROL:
            kinds.append(gguf.TokenType.CONTROL)
        elif FIRST_BYTE <= number < FIRST_BYTE + 256:
            kinds.append(gguf.TokenType.BYTE)
        else:
            kinds.append(gguf.TokenType.USER_DEFINED if piece in PHRASES else gguf.TokenType.NORMAL)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(list(PIECES))
    writer.add_token_scores([0.0] * len(PIECES))
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(END_ID)
    writer.add_eos_token_id(END_ID)
    writer.add_pad_token_id(END_ID)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _tensors(network: Network) -> dict[str, np.ndarray]:
    heads = network.shape.heads
    tensors = {"token_embd.weight": _half(network.embedding.weight), "output_norm.weight": _full(network.norm.weight)}
    for number, layer in enumerate(network.layers):
        block = f"blk.{number}"
        tensors[f"{block}.attn_norm.weight"] = _full(layer.attention_norm.weight)
        tensors[f"{block}.attn_q.weight"] = _half(_paired(layer.query.weight, heads))
        tensors[f"{block}.attn_k.weight"] = _half(_paired(layer.key.weight, heads))
        tensors[f"{block}.attn_v.weight"] = _half(layer.value.weight)
        tensors[f"{block}.attn_output.weight"] = _half(layer.output.weight)
        tensors[f"{block}.ffn_norm.weight"] = _full(layer.forward_norm.weight)
        tensors[f"{block}.ffn_gate.weight"] = _half(layer.gate.weight)
        tensors[f"{block}.ffn_up.weight"] = _half(layer.up.weight)
        tensors[f"{block}.ffn_down.weight"] = _half(layer.down.weight)
    return tensors


def _paired(weight: Tensor, heads: int) -> Tensor:
    """Rows reordered: llama.cpp rotates neighbours, the network here rotates the two halves of a head."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).transpose(1, 2).reshape(rows, columns)


def _half(weight: Tensor) -> np.ndarray:
    return weight.detach().numpy().astype(np.float16)


def _full(weight: Tensor) -> np.ndarray:
    return weight.detach().numpy().astype(np.float32)
