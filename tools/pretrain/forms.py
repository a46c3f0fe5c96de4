"""Turns exported items into training sequences, one row of a mixture at a time.

The user turns of the method's forms come from the project's own prompt table (`scripts/prompts.ts`); only the two
forms without a picture are worded here.
"""

import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image
from tokenizers import Tokenizer

from mixture import Row

MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
PICTURELESS = {
    "caption": {"text": "Picture: {caption}\n{question}\nThink, then box the answer.", "prefill": "<think>"},
    "text": {"text": "{question}\nThink, then box the answer.", "prefill": "<think>"},
}
"""Forms that staged curricula need: a caption instead of the picture, and a problem in words alone."""


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
    """An exported split: its records, its distinct pictures, and its items by what rows of a mixture ask for."""

    items: list[dict]
    pictures: np.ndarray
    groups: dict[str, list[int]] = field(default_factory=dict)
    by_question: dict[str, list[int]] = field(default_factory=dict)

    @staticmethod
    def load(folder: Path, most: int | None = None) -> "Split":
        """The first `most` items of an exported folder, or all."""
        cache = folder / f"pictures{most or ''}.npz"
        items = exported_items(folder)[:most]
        names = sorted({item["file_names"][0] for item in items if item["file_names"]})
        at = {name: i for i, name in enumerate(names)}
        for item in items:
            item["picture"] = at[item["file_names"][0]] if item["file_names"] else None
        split = Split(items, np.zeros((0, 0, 0, 3), np.uint8))
        split.index()
        if not names:
            return split
        if cache.exists():
            split.pictures = np.load(cache)["pictures"]
            if len(split.pictures) == len(names):
                return split
        split.pictures = np.stack([np.asarray(Image.open(folder / name).convert("RGB")) for name in names])
        np.savez(cache, pictures=split.pictures)
        return split

    def index(self) -> None:
        groups: dict[str, list[int]] = defaultdict(list)
        questions: dict[str, list[int]] = defaultdict(list)
        for i, item in enumerate(self.items):
            groups["any"].append(i)
            prior = item.get("prior")
            if prior is None:
                groups["ordinary"].append(i)
                groups["usual"].append(i)
                continue
            conflicts = prior["actual"] != prior["usual"]
            groups["prior"].append(i)
            groups["conflicting" if conflicts else "agreeing"].append(i)
            if not conflicts:
                groups["usual"].append(i)
            questions[item["problem"]].append(i)
        self.groups, self.by_question = dict(groups), dict(questions)

    def other_look(self, item: dict, rng: random.Random) -> dict:
        """An item that asks the same of a picture in which the asked thing looks otherwise."""
        while True:
            other = self.items[rng.choice(self.by_question[item["problem"]])]
            if other["answer"] != item["answer"]:
                return other

    def without(self, item: dict, rng: random.Random) -> dict:
        """An item about another thing, whose picture does not hold the asked one."""
        kind = asked_kind(item)
        while True:
            other = self.items[rng.choice(self.groups["prior"])]
            if all(o["kind"] != kind for o in other["scene"]["objects"]):
                return other


def asked_kind(item: dict) -> str:
    """Kind of the thing that a prior item asks about."""
    name = item["prior"]["decisivePhrase"].split(" with ")[0].split()[-1]
    return "grapes" if name == "grape" else name


def described(item: dict, value: str) -> str:
    """The item's description with the asked property as `value`."""
    prior = item.get("prior")
    if prior is None or value == item["answer"]:
        return item["description"]
    phrase = prior["decisivePhrase"]
    return item["description"].replace(phrase, phrase.replace(prior["actual"], value, 1), 1)


def reasoned(item: dict, value: str, long: bool) -> str:
    """Reasoning that ends in `value`, by the short way or the long one."""
    if value == item["answer"]:
        text = item["reasoning"]
    elif item.get("prior") is not None:
        text = item["reasoning"].replace(f" {item['answer']}", f" {value}", 1)
    else:
        text = item["wrong_reasonings"][item["wrong_answers"].index(value)]
    if not long:
        return text
    return (
        item["long_reasoning"] if "long_reasoning" in item else f"The picture shows this: {item['description']} {text}"
    )


@dataclass
class Sequence:
    """One training sequence."""

    ids: list[int]
    targets: list[tuple[int, int, float]]
    """Position of a token to be learned, the token, its weight; several tokens may share a position."""
    picture: int | None
    """Index into its split's pictures; none for the forms without one."""


Shares = dict[str, float]


def by_value(sources: tuple[tuple[str, float], ...], values: dict[str, str | None]) -> Shares:
    """Shares of values from shares of sources; sources that say the same are one."""
    found: Shares = defaultdict(float)
    for source, share in sources:
        value = values[source]
        if value is None:
            raise ValueError(f"a row follows its {source}, which this sequence does not have")
        if share > 0:
            found[value] += share
    return dict(found)


def pick(choices: Shares, rng: random.Random) -> str:
    return rng.choices(list(choices), weights=list(choices.values()))[0]


class Forms:
    """Builds token sequences and what is to be learned of them for every prompt form."""

    def __init__(self, model_dir: Path, prompts: dict, config: dict) -> None:
        self.tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
        self.prompts = {**prompts, **PICTURELESS}
        self.config = config
        self.tokens_a_picture = 16
        self.eos = self.tokenizer.token_to_id("<|im_end|>")
        self.encode = lru_cache(maxsize=50_000)(lambda text: self.tokenizer.encode(text).ids)

    def prompt(self, form: str, question: str, answer: str, caption: str = "", prefill: str | None = None) -> list[int]:
        """Ids of system, user and assistant header, and the form's prefill (or another one)."""
        row = self.prompts[form]
        text = row["text"] or ""
        for name, value in (("question", question), ("answer", answer), ("caption", caption)):
            text = text.replace(f"{{{name}}}", value)
        pads = "<|image_pad|>" * self.tokens_a_picture
        picture = "" if form in PICTURELESS else f"<|vision_start|>{pads}<|vision_end|>"
        return self.encode(
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
            f"{picture}{text}<|im_end|>\n<|im_start|>assistant\n{row['prefill'] if prefill is None else prefill}"
        )

    def question(self, item: dict, rng: random.Random) -> str:
        """Prior items are asked with their fact sentence (setting F) half of the time."""
        fact = item.get("fact")
        return f"{fact} {item['problem']}" if fact and rng.random() < 0.5 else item["problem"]

    def draw(self, row: Row, split: Split, rng: random.Random) -> Sequence:
        """A sequence of `row` from an item of `split` at random."""
        while True:
            item = split.items[rng.choice(split.groups[row.items])]
            if row.reference != "wrong" or item["wrong_answers"]:
                return self.sequence(row, item, split, rng)

    def sequence(self, row: Row, item: dict, split: Split, rng: random.Random) -> Sequence:
        """The row's sequence about `item`."""
        shown = item
        if row.picture == "same subject":
            shown = split.other_look(item, rng)
        elif row.picture == "another":
            shown = split.without(item, rng)
        prior = item.get("prior")
        given = rng.choice(item["wrong_answers"]) if row.reference == "wrong" else item["answer"]
        values: dict[str, str | None] = {
            "own": item["answer"],
            "picture": None if row.picture == "another" else shown["answer"],
            "prior": prior["usual"] if prior else item["answer"],
            "reference": None if row.reference == "none" else given,
            "description": None,
        }
        says = by_value(row.describes, values) if prior else {item["answer"]: 1.0}
        said = pick(says, rng)
        values["description"] = said
        thinks = by_value(row.thinks, values)
        thought = pick(thinks, rng)
        long = row.long > 0 and rng.random() < row.long
        writes = row.description == "written"

        def body(says: str, thinks: str) -> str:
            if row.form == "perception":
                return f" {described(item, says)}"
            if row.form == "plain":
                return f"\\boxed{{{thinks}}}"
            ending = f" {reasoned(item, thinks, long)} </think> \\boxed{{{thinks}}}"
            return f" {described(item, says)} </description> <think>{ending}" if writes else ending

        shows = row.description == "shown"
        question = self.question(item, rng)
        prompt = self.prompt(row.form, question, given, item.get("description", ""), prefill="" if shows else None)
        if shows:  # the student's whole text as history instead of the bare prefill
            prompt = prompt + self.encode(f"<description> {described(item, said)} </description> <think>")
        text = self.encode(body(said, thought))
        start = len(prompt)
        describes, reasons = writes or row.form == "perception", row.form != "perception"
        decisions: list[tuple[list[int], float]] = []
        if reasons:
            decisions += [(self.encode(body(said, value)), share) for value, share in thinks.items() if value != thought]
        if describes:
            decisions += [(self.encode(body(value, thought)), share) for value, share in says.items() if value != said]
        if row.emphasis > 1 and item.get("wrong_answers"):
            # Where one value alone is right, another shows which token decides.
            other = next(value for value in (*item["wrong_answers"], item["answer"]) if value not in (said, thought))
            if reasons:
                decisions.append((self.encode(body(said, other)), 0.0))
            if prior and describes:
                decisions.append((self.encode(body(other, thought)), 0.0))
        targets = self.targets(text, decisions, row.emphasis)
        return Sequence(
            prompt + text + [self.eos],
            [(start + at, token, weight) for at, token, weight in targets] + [(start + len(text), self.eos, 1.0)],
            None if row.form in PICTURELESS else shown["picture"],
        )

    @staticmethod
    def targets(
        text: list[int], others: list[tuple[list[int], float]], emphasis: float
    ) -> list[tuple[int, int, float]]:
        """What is to be learned of a text: its tokens, and at a token that decides whom it follows the shares of all
        that could stand there, `emphasis` times as heavy."""
        found = {at: {token: 1.0} for at, token in enumerate(text)}
        for other, share in others:
            at = next(i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b)
            found[at][text[at]] -= share
            found[at][other[at]] = found[at].get(other[at], 0.0) + share
        return [
            (at, token, share * (emphasis if len(tokens) > 1 else 1.0))
            for at, tokens in found.items()
            for token, share in tokens.items()
            if share > 0
        ]
