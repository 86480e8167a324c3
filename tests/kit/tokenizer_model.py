"""Writes a model with the tokenizer of another one and tiny random weights: its token counts are real, its answers are not."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import gguf
import numpy as np

WIDTH: Final = 64
CONTEXT: Final = 32768


def write_tokenizer_model(source: str | Path, path: str | Path, seed: int = 0) -> Path:
    """Writes a llama of one layer that shares the vocabulary of `source`."""
    fields = gguf.GGUFReader(str(source)).fields
    random = np.random.default_rng(seed)
    count = len(fields["tokenizer.ggml.tokens"].data)

    def weights(*shape: int) -> np.ndarray:
        return (random.standard_normal(shape) * 0.05).astype(np.float32)

    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("tokenizer")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // 2)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    for name, field in fields.items():
        if name.startswith("tokenizer.ggml."):
            kind, *inner = field.types
            writer.add_key_value(name, field.contents(), kind, inner[-1] if inner else None)
    writer.add_tensor("token_embd.weight", weights(count, WIDTH))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        writer.add_tensor(f"blk.0.{name}.weight", weights(WIDTH, WIDTH))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return Path(path)
