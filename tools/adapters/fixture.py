"""Writes an adapter with official PEFT on the built-in model, for the tests in src/model/adapters.

`adapter_config.json` and `adapter_model.safetensors` are as PEFT saves them; `expected.safetensors` holds token ids and
float32 logits of the last rows, by the adapter and by the base alone.

Usage: python tools/adapters/fixture.py [--model DIR] [--out DIR]
"""

import argparse
import hashlib
import shutil
import tempfile
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration

ROOT = Path(__file__).resolve().parents[2]

RANK = 2
ALPHA = 6
ROWS = 2
"""Rows of logits kept: the last ones."""

PROMPT = "A banana is usually yellow. What color is the banana in the picture?"

TARGETS = r".*\.language_model\..*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "public/models/tiny-qwen2.5-vl")
    parser.add_argument("--out", type=Path, default=ROOT / "src/model/adapters/fixtures")
    arguments = parser.parse_args()

    torch.manual_seed(1)
    torch.set_grad_enabled(False)
    base = Qwen2_5_VLForConditionalGeneration.from_pretrained(
        str(arguments.model), dtype=torch.float32, attn_implementation="eager"
    ).eval()
    ids = AutoTokenizer.from_pretrained(str(arguments.model))(PROMPT, return_tensors="pt")["input_ids"]
    base_logits = base(input_ids=ids).logits[0, -ROWS:].contiguous()
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.05, target_modules=TARGETS, task_type="CAUSAL_LM")
    model = get_peft_model(base, config).eval()
    for name, parameter in model.named_parameters():
        if ".lora_B." in name:
            parameter.normal_(std=0.05)
    logits = model(input_ids=ids).logits[0, -ROWS:].contiguous()

    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as saved:
        model.save_pretrained(saved)
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            shutil.copyfile(Path(saved) / name, arguments.out / name)
    weights = hashlib.sha256((arguments.model / "model.safetensors").read_bytes()).hexdigest()
    expected = arguments.out / "expected.safetensors"
    save_file({"ids": ids[0].int(), "logits": logits, "baseLogits": base_logits}, expected, {"weights": weights})
    expected.chmod(0o644)
    print(f"largest change of a logit: {(logits - base_logits).abs().max():.3f}")


if __name__ == "__main__":
    main()
