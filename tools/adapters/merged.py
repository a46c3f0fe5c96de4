"""Writes adapters of every kind that folds into weights, with official PEFT, for the tests in src/model/adapters.

Each lies on a small random model of tools/fixtures/families.py, as PEFT saves it, in a folder of
`src/model/adapters/fixtures/merged` with what PEFT then computes: logits, vision features and its largest change of a
logit, for a prompt without and one with images.

Usage: python tools/adapters/merged.py
"""

import json
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.numpy import save_file

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools/fixtures"))

from families import PROMPTS, VARIANTS, configuration, numbers, official, run  # noqa: E402

OUT = ROOT / "src/model/adapters/fixtures/merged"
TEXT = r"(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
SIGHT = r".*visual\.(?!patch_embed).*(qkv|proj|fc1|fc2|gate_proj|up_proj|down_proj|merger\.mlp\.0|merger\.mlp\.2)"
BOTH = rf"(.*language_model\..*{TEXT}|{SIGHT})"

# name: family, whether tied, settings of LoraConfig, what else is trained
KINDS = {
    "list": ("qwen2_5_vl", False, {"r": 2, "lora_alpha": 6, "target_modules": ["q_proj", "gate_proj", "down_proj"]}),
    "seeing-qwen2": ("qwen2_vl", True, {"r": 2, "lora_alpha": 6, "target_modules": BOTH}),
    "seeing-qwen3": ("qwen3_vl", True, {"r": 3, "lora_alpha": 3, "use_rslora": True, "target_modules": BOTH}),
    "dora": ("qwen2_5_vl", True, {"r": 2, "lora_alpha": 6, "use_dora": True, "target_modules": BOTH}),
    "head": ("qwen3_vl", True, {"r": 2, "lora_alpha": 6, "target_modules": ["lm_head", "q_proj"]}),
    "embedding": ("qwen2_5_vl", True, {"r": 2, "lora_alpha": 6, "target_modules": ["embed_tokens", "o_proj"]}),
    "saved-head": (
        "qwen2_5_vl",
        True,
        {"r": 2, "lora_alpha": 6, "target_modules": ["q_proj", "v_proj"], "modules_to_save": ["lm_head", "merger"]},
    ),
    "saved-embedding": (
        "qwen2_vl",
        False,
        {"r": 2, "lora_alpha": 6, "target_modules": ["q_proj"], "modules_to_save": ["embed_tokens", "norm"]},
    ),
    "tokens": (
        "qwen3_vl",
        True,
        {"r": 2, "lora_alpha": 6, "target_modules": ["q_proj"], "trainable_token_indices": [5, 9, 35]},
    ),
    "tokens-apart": (
        "qwen2_vl",
        False,
        {
            "r": 2,
            "lora_alpha": 6,
            "target_modules": ["v_proj"],
            "trainable_token_indices": {"embed_tokens": [3, 26], "lm_head": [8, 0, 40]},
        },
    ),
    "dora-embedding": (
        "qwen2_5_vl",
        False,
        {"r": 2, "lora_alpha": 6, "use_dora": True, "target_modules": ["embed_tokens", "o_proj"]},
    ),
    "patches": (
        "qwen3_vl",
        True,
        {"r": 2, "lora_alpha": 6, "target_modules": r".*(patch_embed\.proj|attn\.qkv|v_proj)"},
    ),
    "dora-patches": (
        "qwen2_5_vl",
        True,
        {"r": 3, "lora_alpha": 6, "use_dora": True, "target_modules": r".*(patch_embed\.proj|down_proj)"},
    ),
    "biases": ("qwen2_5_vl", False, {"r": 2, "lora_alpha": 6, "bias": "all", "target_modules": ["q_proj", "v_proj"]}),
}


def main() -> None:
    torch.set_grad_enabled(False)
    shutil.rmtree(OUT, ignore_errors=True)
    cases = []
    for name, (family, tied, settings) in KINDS.items():
        variant = next(row for row in VARIANTS if row[:2] == (family, tied))
        _, _, heads, kv_heads, _ = variant
        config = configuration(*variant)
        model = adapted(official(family, config), settings)
        base = official(family, config)
        (OUT / name).mkdir(parents=True)
        with tempfile.TemporaryDirectory() as saved, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.save_pretrained(saved)
            for file in ("adapter_config.json", "adapter_model.safetensors"):
                shutil.copyfile(Path(saved) / file, OUT / name / file)
                (OUT / name / file).chmod(0o644)
        tensors, moved = {}, 0.0
        for prompt, grids in PROMPTS[:2]:
            _, arrays = run(model.get_base_model(), config, grids)
            _, plain = run(base, config, grids)
            moved = max(moved, float(abs(arrays["logits"] - plain["logits"]).max()))
            tensors |= {f"{prompt}/{key}": value for key, value in arrays.items()}
        save_file(tensors, OUT / name / "expected.safetensors")
        (OUT / name / "expected.safetensors").chmod(0o644)
        row = f"{family}, {'tied' if tied else 'untied'}, {heads} heads on {kv_heads}"
        cases.append({"name": name, "model": row, "moved": round(moved, 3)})
        print(name, f"moves a logit by {moved:.3f}")
    rows = ",\n".join(json.dumps(case) for case in cases)
    (OUT / "cases.json").write_text(f"[\n{rows}\n]\n")


def adapted(base: torch.nn.Module, settings: dict) -> torch.nn.Module:
    """The model under an adapter whose every trained tensor is drawn by its name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = get_peft_model(base, LoraConfig(**settings, task_type="CAUSAL_LM")).eval()
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        drawn = torch.from_numpy(numbers(name, parameter.numel())).reshape(parameter.shape)
        if "lora_" in name and "magnitude" not in name:
            parameter.copy_(0.5 * drawn)
        else:
            parameter.mul_(1 + 0.5 * drawn).add_(0.1 * drawn)
    return model


if __name__ == "__main__":
    main()
