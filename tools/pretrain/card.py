"""Writes the model card from the measures of `evaluate.py`, of `palr.py` and of `npm run evaluate`; every figure in its
tables comes from there."""

import argparse
import json
from pathlib import Path

import mixture as mixtures
from mixture import Mixture

HEAD = """---
license: apache-2.0
library_name: transformers
pipeline_tag: image-text-to-text
tags: [qwen2_5_vl, tiny, synthetic]
---

# {name}

A Qwen2.5-VL with small numbers (2.1 million parameters), pretrained on a drawn world of shapes, things,
dice, jars, charts and clocks. It is a student to teach with: it sees, it says what it sees, and on questions with a
strong language prior it often answers from the prior all the same. It knows nothing outside its world.

Text: 4 layers of width 128, 4 heads over 2 key-value heads, SwiGLU of 384, M-RoPE sections 4/6/6. Vision: 4 layers of
width 128, windows of 56 pixels except in layers 1 and 3. Pictures of 112 × 112 pixels are 16 visual tokens. Byte-level
BPE tokenizer of 1,500 entries, trained on the world's texts; the tags are several ordinary tokens each. The official
`Qwen2_5_VLForConditionalGeneration` loads the folder unchanged.

## Measures

Held-out splits, one completion a prompt, at most 96 tokens, sampled at temperature 1 from the full distribution;
95 % Wilson intervals. A rollout is valid by the strict rule, an answer correct if the box holds the reference letter by
letter: one response a prompt, where the released ViGOS scripts take any of five that a judge model accepts.

| measure | % | 95 % interval | items |
|---|---|---|---|
"""

ROWS = [
    ("valid", "student's form, test split: valid rollouts"),
    ("correct", "student's form, test split: correct answers"),
    ("plainCorrect", "plain question, test split: correct answers"),
    ("descriptionExact", "student's form, test split: description equal to the reference, word for word"),
    ("priorF", "Prior, setting F (with the fact sentence): correct on the agreeing picture"),
    ("scoreF", "Score, setting F: correct on the two conflicting pictures"),
    ("saysPriorOnConflictF", "setting F: answers the usual look on a conflicting picture"),
    ("studentNamesPropertyF", "setting F: the student's description names the conflicting property rightly"),
    ("priorP", "Prior, setting P (without the fact sentence)"),
    ("scoreP", "Score, setting P"),
    ("saysPriorOnConflictP", "setting P: answers the usual look on a conflicting picture"),
    ("studentNamesPropertyP", "setting P: the student's description names the conflicting property rightly"),
    ("perceptionNamesProperty", "image-only form: names the conflicting property rightly"),
    ("captionCorrect", "a caption instead of the picture, test split: correct answers"),
    ("textCorrect", "problems in words, test split: correct answers"),
]
FORMS = {
    "reasoning": "privileged reasoning",
    "reasoningSeen": "privileged reasoning, a true description in view",
    "reference": "reference (privileged, full form)",
    "privileged": "OPSD's privileged form",
}

PALR = [
    ("OPSD description", "OPSD, description", "2.9 ± 1.5"),
    ("OPSD reasoningAnswer", "OPSD, reasoning and answer", "17 ± 4"),
    ("ViGOS reasoningAnswer", "ViGOS, reasoning and answer", "6.3 ± 3"),
]
"""Rates of `palr.py`, and what a model calibrated on the paper's 3B figures is to show."""

PLANTED = """
## What is planted, and what is found

The gap between what the teachers see and what the student answers is **built in**, not discovered. {about}
Scenes `pretrain` hold the usual look in 95 % of cases, scenes `teacher` in 40 %, `problems` are problems in words.
Where picture, reference and prior conflict, the text follows them in the shares given (of the deciding tokens).

| form | share of sequences | scenes | why, and whom the text follows |
|---|---|---|---|
"""

TAIL = """
## How it was made

```
tools/pretrain/pretrain.sh OUT{option}
```

{start}, trains for {steps:,} steps of 32 examples (Muon for matrices, AdamW for the rest, learning rate {lr}, the last
{decay:,} steps decaying){eyes}, on a CPU, and measures.
{notes}
"""


def follows(name: str, shares: tuple[tuple[str, float], ...]) -> str:
    """ "; describes: own 93 %, reference 7 %", or nothing where it is the item's own truth."""
    if shares == (("own", 1.0),):
        return ""
    return f" {name}: {', '.join(f'{source} {100 * share:.3g} %' for source, share in shares)}."


def planted(mixture: Mixture) -> str:
    """The table of a mixture's rows."""
    total = sum(row.share for row in mixture.rows)
    return "".join(
        f"| {row.form} | {100 * row.share / total:.1f} % | {row.scenes} | "
        f"{row.why}{follows('Describes', row.describes)}{follows('Thinks', row.thinks)} |\n"
        for row in mixture.rows
    )


def table(*columns: str) -> str:
    """The head of a table of measures."""
    names = (*columns, "%", "95 % interval", "items")
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n"


def row(text: str, m: dict) -> str:
    """A line of it; `text` fills the first columns."""
    return f"| {text} | {m['percent']} | {m['interval'][0]} to {m['interval'][1]} | {m['n']} |\n"


def evaluated(record: dict) -> str:
    """The figures of `npm run -s evaluate -- … --json`, as the project itself measures the packed weights."""
    settings, sampling = record["settings"], record["settings"]["sampling"]
    text = (
        f"\nBy the project's own `npm run -s evaluate`, in a browser: {settings['set']['count']} groups of three pictures of "
        f"{settings['set']['name']}, setting {' and '.join(settings['facts'])}, temperature {sampling['temperature']}, "
        f"top-p {sampling['topP']}, top-k {sampling['topK']}, seed {', '.join(map(str, settings['seeds']))}"
    )
    if "teachers" in settings:
        text += f"; teachers by themselves on the first {settings['teachers']['groups']} groups"
    text += ".\n\n| figure | value | 95 % interval | responses |\n|---|---|---|---|\n"
    for figure in record["figures"]:
        if figure["value"] is None or figure["interval"] is None:
            continue
        times = 100 if figure["unit"] == "share" else 1
        unit = " %" if figure["unit"] == "share" else " tokens"
        low, high = (round(times * figure["interval"][end], 1) for end in ("low", "high"))
        value = round(times * figure["value"], 1)
        text += f"| {figure['label']} | {value}{unit} | {low} to {high} | {figure['responses']} |\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measures", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--palr", type=Path, help="output of palr.py")
    parser.add_argument("--evaluated", type=Path, help="output of npm run -s evaluate -- … --json")
    parser.add_argument("--mixture", default="tiny", help="what the model was trained on")
    parser.add_argument("--name", required=True, help="the model's name")
    parser.add_argument("--steps", type=int, help="where it was not the mixture's")
    parser.add_argument("--notes", default="", help="a paragraph at the card's end")
    args = parser.parse_args()
    mixture = mixtures.load(args.mixture)
    m = json.loads(args.measures.read_text())
    text = HEAD.replace("{name}", args.name) + "".join(row(words, m[key]) for key, words in ROWS if key in m)
    text += "\nCorrect answers by family, student's form, test split:\n\n" + table("family")
    text += "".join(row(family, value) for family, value in m["correctByFamily"].items())
    text += "\nThe privileged forms box the answer they were given:\n\n" + table("form", "picture", "given answer")
    for form, words in FORMS.items():
        if f"{form}OrdinaryRight" not in m:
            continue
        for picture in ("Ordinary", "Conflict"):
            for kind in ("Right", "Wrong"):
                text += row(f"{words} | {picture.lower()} | {kind.lower()}", m[f"{form}{picture}{kind}"])
    if args.palr:
        rates = json.loads(args.palr.read_text())
        text += (
            f"\nPALR, the privileged-answer leakage rate, on {rates['rollouts']} valid rollouts of its own "
            f"(prior-test, setting F, 3 wrong answers, the next item's picture):\n\n"
            "| rate | % | 95 % interval | calibrated for |\n"
            "|---|---|---|---|\n"
        )
        for key, words, wanted in PALR:
            low, high = rates[key]["interval"]
            text += f"| {words} | {rates[key]['percent']} | {low} to {high} | {wanted} |\n"
    if args.evaluated:
        text += evaluated(json.loads(args.evaluated.read_text()))
    text += PLANTED.format(about=mixture.about) + planted(mixture)
    text += TAIL.format(
        option="" if args.mixture == "tiny" else f" --mixture {args.mixture}",
        steps=args.steps or mixture.training["steps"],
        decay=mixture.training["decay"],
        lr=mixture.training["lr"],
        start=f"starts from the weights of `{mixture.start}`"
        if mixture.start
        else "exports the world (30,000 items a pretraining split, seeded), trains the tokenizer",
        eyes=", the vision layers kept as they are" if mixture.vision == "frozen" else "",
        notes=args.notes,
    )
    args.out.write_text(text.rstrip() + "\n")


if __name__ == "__main__":
    main()
