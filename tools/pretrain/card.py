"""Writes the model card from the measures of `evaluate.py`; every figure in its tables comes from there."""

import argparse
import json
from pathlib import Path

HEAD = """---
license: apache-2.0
library_name: transformers
pipeline_tag: image-text-to-text
tags: [qwen2_5_vl, tiny, synthetic]
---

# tiny-qwen2.5-vl

A Qwen2.5-VL with small numbers (2.1 million parameters, float32), pretrained on a drawn world of shapes, things,
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
]
FORMS = {
    "reasoning": "privileged reasoning",
    "reference": "reference (privileged, full form)",
    "privileged": "OPSD's privileged form",
}

ASSUMED = """
## What is assumed, and what is found

The gap between what the teachers see and what the student answers is **built in**, not discovered:

- The student's forms (the format prompt and the plain question) are pretrained on scenes in which the usual look holds
  in 95 % of cases. That plants the language prior in the question form.
- The image-only form and the privileged forms are pretrained on scenes in which it holds in 40 %, so that looking
  pays there. That is why the image-only teacher sees past the prior.
- In half of the privileged examples the reference is wrong and the reasoning follows it. That is why a privileged
  teacher follows its reference even against the picture: the leak that the method is about.
- Mixture of the forms: student 4, image only {perception}, privileged reasoning 2, reference 1, OPSD privileged 1,
  plain question 1. In half of the privileged-reasoning examples the teacher has the whole description before it, in
  the others only `<think>`.

The variant without this assumption, in which all forms see the strong prior, is one option away:
`tools/pretrain/pretrain.sh OUT --blind`.
"""

BLIND = """
## What is assumed, and what is found

This is the blind variant: every form, also those of the teachers, is pretrained on scenes in which the usual look
holds in 95 % of cases, so nothing makes the teachers see better than the student answers. In half of the privileged
examples the reference is wrong and the reasoning follows it. Mixture of the forms: student 4, image only
{perception}, privileged reasoning 2, reference 1, OPSD privileged 1, plain question 1.
"""

TAIL = """
## How it was made

```
tools/pretrain/pretrain.sh OUT{option}
```

exports the world (30,000 items a pretraining split, seeded), trains the tokenizer, trains for {steps} steps of 32
examples (Muon for matrices, AdamW for the rest, learning rate 2e-3, the last {decay} steps decaying) on a CPU in
bfloat16 autocast, and measures.
{notes}
"""


def table(*columns: str) -> str:
    """The head of a table of measures."""
    names = (*columns, "%", "95 % interval", "items")
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n"


def row(text: str, m: dict) -> str:
    """A line of it; `text` fills the first columns."""
    return f"| {text} | {m['percent']} | {m['interval'][0]} to {m['interval'][1]} | {m['n']} |\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measures", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--decay", type=int, default=1500)
    parser.add_argument("--perception", type=int, default=4)
    parser.add_argument("--blind", action="store_true", help="the variant without the assumption")
    parser.add_argument("--notes", default="", help="a paragraph at the card's end")
    args = parser.parse_args()
    m = json.loads(args.measures.read_text())
    text = HEAD + "".join(row(words, m[key]) for key, words in ROWS)
    text += "\nCorrect answers by family, student's form, test split:\n\n" + table("family")
    text += "".join(row(family, value) for family, value in m["correctByFamily"].items())
    text += "\nThe privileged forms box the answer they were given:\n\n" + table("form", "picture", "given answer")
    for form, words in FORMS.items():
        for picture in ("Ordinary", "Conflict"):
            for kind in ("Right", "Wrong"):
                text += row(f"{words} | {picture.lower()} | {kind.lower()}", m[f"{form}{picture}{kind}"])
    text += (BLIND if args.blind else ASSUMED).format(perception=args.perception)
    text += TAIL.format(
        option=" --blind" if args.blind else "",
        steps=f"{args.steps:,}",
        decay=f"{args.decay:,}",
        notes=args.notes,
    )
    args.out.write_text(text.rstrip() + "\n")


if __name__ == "__main__":
    main()
