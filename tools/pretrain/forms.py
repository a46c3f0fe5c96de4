"""Turns exported items into training sequences, one prompt form at a time.

The forms' user turns come from the project's own prompt table (`scripts/prompts.ts`); nothing is repeated here.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tokenizers import Tokenizer

IGNORE = -100
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)


def patchify(pixels: np.ndarray) -> np.ndarray:
    """uint8 [batch, 112, 112, 3] → float32 [batch, 64, 1176], as the image processor lays patches out."""
    x = (pixels.astype(np.float32) / 255 - MEAN) / STD
    b, side = x.shape[0], x.shape[1] // 28
    x = x.transpose(0, 3, 1, 2).reshape(b, 3, side, 2, 14, side, 2, 14)
    x = x.transpose(0, 2, 5, 3, 6, 1, 4, 7)[:, :, :, :, :, :, None]  # b, h, w, 2, 2, c, 1, 14, 14
    x = np.repeat(x, 2, axis=6)
    return np.ascontiguousarray(x.reshape(b, side * side * 4, 3 * 2 * 14 * 14))


def exported_items(folder: Path) -> list[dict]:
    """The records of an export with everything the world knows of each."""
    rows = [json.loads(line) for line in (folder / "metadata.jsonl").read_text().splitlines()]
    return [{**row, **json.loads(row["world"])} for row in rows]


@dataclass
class Split:
    """An exported split: its records and its distinct pictures."""

    items: list[dict]
    pictures: np.ndarray

    @staticmethod
    def load(folder: Path) -> "Split":
        cache = folder / "pictures.npz"
        items = exported_items(folder)
        names = sorted({item["file_names"][0] for item in items})
        at = {name: i for i, name in enumerate(names)}
        for item in items:
            item["picture"] = at[item["file_names"][0]]
        if cache.exists():
            pictures = np.load(cache)["pictures"]
            if len(pictures) == len(names):
                return Split(items, pictures)
        pictures = np.stack([np.asarray(Image.open(folder / name).convert("RGB")) for name in names])
        np.savez(cache, pictures=pictures)
        return Split(items, pictures)


class Forms:
    """Builds token sequences and their loss masks for every prompt form."""

    def __init__(self, model_dir: Path, prompts: dict, config: dict) -> None:
        self.tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
        self.prompts = prompts
        self.config = config
        self.tokens_a_picture = 16
        self.eos = self.tokenizer.token_to_id("<|im_end|>")
        self.cache: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        if text not in self.cache:
            self.cache[text] = self.tokenizer.encode(text).ids
        return self.cache[text]

    def prompt(self, form: str, question: str, answer: str) -> list[int]:
        """Ids of system, user and assistant header, and the form's prefill."""
        row = self.prompts[form]
        text = "" if row["text"] is None else row["text"].replace("{question}", question).replace("{answer}", answer)
        pads = "<|image_pad|>" * self.tokens_a_picture
        return self.encode(
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<|vision_start|>"
            f"{pads}<|vision_end|>{text}<|im_end|>\n<|im_start|>assistant\n{row['prefill']}"
        )

    def question(self, item: dict, rng: random.Random) -> str:
        """Prior items are asked with their fact sentence (setting F) half of the time."""
        fact = item.get("fact")
        return f"{fact} {item['problem']}" if fact and rng.random() < 0.5 else item["problem"]

    def sequence(self, form: str, item: dict, rng: random.Random, wrong_share: float) -> tuple[list[int], list[int]]:
        """Ids and labels of one example; labels are IGNORE where nothing is to be learned."""
        answer, reasoning = item["answer"], item["reasoning"]
        wrong = len(item["wrong_answers"])
        if form in ("reasoning", "reference", "privileged") and wrong and rng.random() < wrong_share:
            pick = rng.randrange(wrong)
            answer, reasoning = item["wrong_answers"][pick], item["wrong_reasonings"][pick]
        prompt = self.prompt(form, self.question(item, rng), answer)
        description = f" {item['description']}"
        ending = f" {reasoning} </think> \\boxed{{{answer}}}"
        history: list[int] = []
        if form == "perception":
            body = self.encode(description)
        elif form == "plain":
            body = self.encode(f"\\boxed{{{answer}}}")
        elif form == "reasoning":
            if rng.random() < 0.5:  # the student's whole text as history instead of the bare prefill
                prefill = len(self.encode(self.prompts[form]["prefill"]))
                prompt = prompt[:-prefill]
                history = self.encode(f"<description>{description} </description> <think>")
            body = self.encode(ending)
        else:
            body = self.encode(f"{description} </description> <think>{ending}")
        labels = [IGNORE] * (len(prompt) + len(history)) + body + [self.eos]
        return prompt + history + body + [self.eos], labels
