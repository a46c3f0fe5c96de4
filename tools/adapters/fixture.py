"""Writes an adapter with official PEFT on the built-in model, for the tests in src/model/adapters.

`adapter_config.json` and `adapter_model.safetensors` are as PEFT saves them; `expected.safetensors` holds token ids and
float32 logits of the last rows, by the adapter and by the base alone. `patterned` holds the same of an adapter with
rsLoRA whose layers have ranks and alphas of their own.

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


USUAL = {"r": RANK, "lora_alpha": ALPHA, "lora_dropout": 0.05}
PATTERNED = {
    "r": 1,
    "lora_alpha": 2,
    "use_rslora": True,
    "rank_pattern": {"q_proj": 3, r"^.*layers\.1\.mlp\.up_proj": 2},
    "alpha_pattern": {"layers.0.self_attn.q_proj": 5, "down_proj": 4},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "public/models/tiny-qwen2.5-vl")
    parser.add_argument("--out", type=Path, default=ROOT / "src/model/adapters/fixtures")
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    write(arguments.model, arguments.out, USUAL)
    write(arguments.model, arguments.out / "patterned", PATTERNED)


def write(folder: Path, out: Path, settings: dict) -> None:
    torch.manual_seed(1)
    base = Qwen2_5_VLForConditionalGeneration.from_pretrained(
        str(folder), dtype=torch.float32, attn_implementation="eager"
    ).eval()
    ids = AutoTokenizer.from_pretrained(str(folder))(PROMPT, return_tensors="pt")["input_ids"]
    base_logits = base(input_ids=ids).logits[0, -ROWS:].contiguous()
    config = LoraConfig(**settings, target_modules=TARGETS, task_type="CAUSAL_LM")
    model = get_peft_model(base, config).eval()
    for name, parameter in model.named_parameters():
        if ".lora_B." in name:
            parameter.normal_(std=0.05)
    logits = model(input_ids=ids).logits[0, -ROWS:].contiguous()

    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as saved:
        model.save_pretrained(saved)
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            shutil.copyfile(Path(saved) / name, out / name)
    weights = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    expected = out / "expected.safetensors"
    save_file({"ids": ids[0].int(), "logits": logits, "baseLogits": base_logits}, expected, {"weights": weights})
    expected.chmod(0o644)
    print(f"largest change of a logit: {(logits - base_logits).abs().max():.3f}")


if __name__ == "__main__":
    main()
