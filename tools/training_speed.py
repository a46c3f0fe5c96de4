"""Times PyTorch's forward and backward pass on the batch of `npm run -s bench:train`, and prints JSON.

The official model with LoRA of rank 16 on all linear layers, 8 sequences, a fixed gradient at the logits of the last
tokens, medians. Compare it with `parts.backward` of the benchmark, which runs the graph forward and back too.

Usage: python tools/training_speed.py [--tokens 160] [--kept 96] [--threads 2]
"""

import argparse
import json
import time
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import Qwen2_5_VLForConditionalGeneration

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def main() -> None:
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=root / "public/models/tiny-qwen2.5-vl")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=160)
    parser.add_argument("--kept", type=int, default=96)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    base = Qwen2_5_VLForConditionalGeneration.from_pretrained(
        str(arguments.model), dtype=torch.float32, attn_implementation="sdpa"
    )
    targets = rf"model\.language_model\.layers\.\d+\.(self_attn|mlp)\.({'|'.join(TARGETS)})"
    model = get_peft_model(base, LoraConfig(r=16, lora_alpha=32, target_modules=targets))
    hidden, vocab = base.config.text_config.hidden_size, base.config.text_config.vocab_size
    embeds = torch.randn(arguments.batch, arguments.tokens, hidden) * 0.1
    mask = torch.ones(arguments.batch, arguments.tokens, dtype=torch.long)
    cotangent = torch.randn(arguments.batch, arguments.kept, vocab) * 1e-4
    forward, both = [], []
    for _ in range(arguments.rounds):
        model.zero_grad()
        start = time.perf_counter()
        logits = model(inputs_embeds=embeds, attention_mask=mask, logits_to_keep=arguments.kept).logits
        middle = time.perf_counter()
        logits.backward(cotangent)
        forward.append(1000 * (middle - start))
        both.append(1000 * (time.perf_counter() - start))
    median = lambda values: round(sorted(values)[len(values) // 2], 1)  # noqa: E731
    print(
        json.dumps(
            {
                "forwardMs": median(forward),
                "forwardBackwardMs": median(both),
                "threads": arguments.threads,
                "tokens": arguments.batch * arguments.tokens,
                "parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
            }
        )
    )


if __name__ == "__main__":
    main()
