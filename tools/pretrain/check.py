"""Holds the training twin (`network.py`) against the official class, on one checkpoint.

    python tools/pretrain/check.py [--model DIR]

Both see the same drawn pictures and prompts, the official one through its own image processor. Prints the largest
absolute difference of the logits of every prompt and ends with 1 if one is above 1e-3.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

import config as model_files
from forms import patchify
from network import TinyQwenVL

MOST = 1e-3
"""Largest absolute difference of two logits that counts as equal."""

PROMPTS = [
    ("", ""),
    ("What color is the banana?", "<description>"),
    ("How many circles are there?\nReference answer: 3\nThink towards it, then box the answer.", "<think> There are"),
]
"""Text after the picture in the user's turn, and what the assistant's turn starts with."""


def picture(seed: int) -> np.ndarray:
    """Blocks of random colors, [112, 112, 3] bytes."""
    blocks = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return blocks.repeat(model_files.IMAGE_SIZE // 8, axis=0).repeat(model_files.IMAGE_SIZE // 8, axis=1)


@torch.no_grad()
def differences(folder: Path) -> list[float]:
    """Largest absolute difference of the logits, a prompt."""
    official = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    processor = Qwen2VLImageProcessorPil.from_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    twin = TinyQwenVL(config, model_files.IMAGE_SIZE)
    twin.load_state_dict(load_file(folder / "model.safetensors"))
    twin.eval()

    found = []
    for seed, (text, prefill) in enumerate(PROMPTS):
        pixels = picture(seed)
        vision = processor(images=[Image.fromarray(pixels)], return_tensors="pt")
        content = [{"type": "image"}, *([{"type": "text", "text": text}] if text else [])]
        messages = [{"role": "user", "content": content}]
        rendered = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True) + prefill
        tokens = int(vision["image_grid_thw"].prod()) // processor.merge_size**2
        ids = tokenizer(rendered.replace("<|image_pad|>", "<|image_pad|>" * tokens), return_tensors="pt")["input_ids"]
        types = (ids == config["image_token_id"]).int()
        expected = official(input_ids=ids, mm_token_type_ids=types, **vision).logits
        features = twin.visual(torch.from_numpy(patchify(pixels[None])))
        actual = twin.logits(twin.hidden(twin.embed(ids, features), twin.positions(ids)))
        found.append(float((actual - expected).abs().max()))
    return found


def main() -> None:
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=root / "public/models/tiny-qwen2.5-vl")
    found = differences(parser.parse_args().model)
    for (text, _), difference in zip(PROMPTS, found, strict=True):
        print(f"{difference:.1e}  {text.splitlines()[0] if text else '(picture alone)'}")
    print(f"largest difference {max(found):.1e}, {MOST:.0e} is the most")
    if not max(found) <= MOST:  # also where one is NaN
        sys.exit(1)


if __name__ == "__main__":
    main()
