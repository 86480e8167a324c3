"""Writes the random model: a llama that knows nothing, so what is valid in its first answer is valid because of the grammar.

Characters are its tokens. A bias in the output layer, spread over the residual stream by one constant coordinate, makes it end
strings, arrays and objects about as often as people do; everything else is chance.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np

WIDTH: Final = 64
CONTEXT: Final = 8192
# Beside letters, which have 0: how much likelier (in logits) a character is.
BIAS: Final = {'"': 3.0, "]": 2.5, "}": 2.5, ",": 1.0, ":": 0.0, " ": -1.0, "\n": -3.0, "\t": -4.0, "\\": -3.0}
OTHER_PUNCTUATION: Final = -0.5
DIGIT: Final = 0.5
BYTE: Final = -7.0
END: Final = 5.0


def vocabulary() -> tuple[list[str], list[int], list[float]]:
    """Tokens, their kinds, and their bias."""
    tokens = ["<unk>", "<s>", "</s>"]
    kinds = [int(gguf.TokenType.UNKNOWN), int(gguf.TokenType.CONTROL), int(gguf.TokenType.CONTROL)]
    bias = [BYTE, BYTE, END]
    for code in range(256):
        tokens.append(f"<0x{code:02X}>")
        kinds.append(int(gguf.TokenType.BYTE))
        bias.append(BYTE)
    for char in ["\n", "\t", *map(chr, range(0x20, 0x7F))]:
        tokens.append("\u2581" if char == " " else char)
        kinds.append(int(gguf.TokenType.NORMAL))
        bias.append(BIAS.get(char, 0.0 if char.isalpha() else DIGIT if char.isdigit() else OTHER_PUNCTUATION))
    return tokens, kinds, bias


def write_random_model(path: str | Path, seed: int = 0) -> Path:
    """Writes about 200 kB of GGUF; the same bytes for the same seed."""
    random = np.random.default_rng(seed)
    tokens, kinds, bias = vocabulary()
    count = len(tokens)

    def weights(*shape: int, scale: float = 0.02) -> Any:
        return (random.standard_normal(shape) * scale).astype(np.float32)

    embedding = weights(count, WIDTH, scale=1.0)
    embedding[:, 0] = 8.0
    output = weights(count, WIDTH, scale=0.12)
    output[:, 0] = np.array(bias, np.float32) / 5.6  # what the constant coordinate is after the last norm

    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // 2)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * count)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("output.weight", output)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        writer.add_tensor(f"blk.0.{name}.weight", weights(WIDTH, WIDTH))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return Path(path)


if __name__ == "__main__":
    print(write_random_model(sys.argv[1]))
