"""Holds what this project exports against the official libraries.

`sample.ts` writes an adapter, the merged model, and the logits it computed itself; the adapter must load in official
PEFT and the merged model in official transformers without a missing or unexpected tensor, and both must give those
logits. Ends with 1 where a logit differs by 1e-3 or more.

Usage: python tools/adapters/check.py [--out DIR]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "public/models/tiny-qwen2.5-vl"
LIMIT = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder to keep the samples in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.out or Path(scratch)
        subprocess.run(["npx", "tsx", "tools/adapters/sample.ts", str(out)], cwd=ROOT, check=True)
        measured = check(out)
    print(json.dumps(measured, indent=2))
    if max(measured["adapter"], measured["merged"]) >= LIMIT or measured["moved"] < 100 * LIMIT:
        sys.exit(1)


@torch.no_grad()
def check(out: Path) -> dict[str, float]:
    """Largest differences of a logit: by PEFT, by the merged model, and how far the adapter moves the base."""
    computed = load_file(out / "computed.safetensors")
    ids, expected = computed["ids"].long()[None], computed["logits"]

    def logits(model: torch.nn.Module) -> torch.Tensor:
        return model.eval()(input_ids=ids).logits[0, -len(expected) :]

    base = load(MODEL)
    moved = (logits(base) - expected).abs().max().item()
    with warnings.catch_warnings():
        # PEFT warns about keys that it misses in the file.
        warnings.filterwarnings("error", message=".*(missing|unexpected).*")
        adapted = PeftModel.from_pretrained(base, str(out / "adapter"))
    branches = [name for name, _ in adapted.named_modules() if name.endswith(".lora_A.default")]
    stray = [name for name in branches if ".language_model.layers." not in name]
    if stray or not branches:
        sys.exit(f"LoRA branches in the wrong place: {stray or 'none at all'}")
    adapter = (logits(adapted) - expected).abs().max().item()

    merged_dir = out / "merged"
    merged = (logits(load(merged_dir)) - expected).abs().max().item()
    tokenizers = [AutoTokenizer.from_pretrained(str(folder)) for folder in (MODEL, merged_dir)]
    first, second = (tokenizer("A strawberry.")["input_ids"] for tokenizer in tokenizers)
    if first != second:
        sys.exit(f"the exported tokenizer gives {second} instead of {first}")
    Qwen2VLImageProcessorPil.from_pretrained(str(merged_dir))
    return {"adapter": adapter, "merged": merged, "moved": moved}


def load(folder: Path) -> Qwen2_5_VLForConditionalGeneration:
    """The official model of a folder; every tensor must be there and have a place."""
    model, info = Qwen2_5_VLForConditionalGeneration.from_pretrained(
        str(folder), dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    problems = {key: value for key, value in info.items() if value}
    if problems:
        sys.exit(f"{folder} does not load cleanly: {problems}")
    return model


if __name__ == "__main__":
    main()
