"""Measures a checkpoint on held-out splits at temperature 1 and prints one JSON object with 95 % intervals.

    python tools/pretrain/evaluate.py --data DIR --prompts FILE --model DIR [--most 600] [--dump FILE]

Every completion is sampled from the full distribution, at most 96 tokens, one a prompt.
"""

import argparse
import json
import math
import random
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

import config as model_files
from forms import PICTURELESS, Forms, Split, patchify
from network import TinyQwenVL, best_device

Completion = tuple[str, bool]
"""The text, and whether it ended by itself."""

STRICT = re.compile(
    r"(?P<d>.*?)</description>\s*<think>(?P<r>.*?)</think>\s*\\boxed\{(?P<a>[^{}]*)\}\s*\.?\s*", re.DOTALL
)
MOST_TOKENS = 96


def wilson(hits: int, n: int) -> list[float]:
    """95 % Wilson interval of a share, in percent."""
    if n == 0:
        return [0.0, 100.0]
    z, p = 1.96, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return [round(100 * (middle - half), 1), round(100 * (middle + half), 1)]


def share(hits: list[bool]) -> dict:
    return {
        "percent": round(100 * sum(hits) / max(1, len(hits)), 1),
        "interval": wilson(sum(hits), len(hits)),
        "n": len(hits),
    }


def parse(text: str, ended: bool) -> dict | None:
    """Strict validity (src/method/validate.ts) of a completion that follows `<description>`; None where invalid."""
    match = STRICT.fullmatch(text)
    if not ended or match is None or not all(match[k].strip() for k in "dra"):
        return None
    return {k: match[k].strip() for k in "dra"}


def boxed(text: str) -> str | None:
    found = re.findall(r"\\boxed\{([^{}]*)\}", text)
    return found[-1].strip() if found else None


@torch.no_grad()
def generate(
    net: TinyQwenVL, forms: Forms, prompts: list[list[int]], pictures: np.ndarray | None, temperature: float
) -> list[Completion]:
    """One sampled completion a prompt, of their pictures if they have any. Prompts of one length go together."""
    groups = defaultdict(list)
    for i, ids in enumerate(prompts):
        groups[len(ids)].append(i)
    done: list = [None] * len(prompts)
    for members in groups.values():
        ids = torch.tensor([prompts[i] for i in members], device=net.device)
        features = None
        if pictures is not None:
            features = net.visual(torch.from_numpy(patchify(pictures[members])).to(net.device))
        caches: list[list] = [[] for _ in net.model.layers]
        positions = net.positions(ids)
        hidden = net.hidden(net.embed(ids, features), positions, caches)
        offset = int(positions[0, 0, -1]) + 1
        texts: dict[int, list[int]] = {i: [] for i in members}
        going, ended = list(members), set()
        for step in range(MOST_TOKENS):
            logits = net.logits(hidden[:, -1])[:, : forms.tokenizer.get_vocab_size()]
            chosen = (
                torch.multinomial((logits / temperature).softmax(-1), 1) if temperature > 0 else logits.argmax(-1, True)
            )
            more = []
            for row, (i, token) in enumerate(zip(going, chosen[:, 0].tolist(), strict=True)):
                if token == forms.eos:
                    ended.add(i)
                else:
                    texts[i].append(token)
                    more.append(row)
            if not more:
                break
            if len(more) < len(going):  # those that have ended are carried no further
                going, chosen = [going[row] for row in more], chosen[more]
                caches = [[part[more] for part in cache] for cache in caches]
            at = torch.full((3, len(going), 1), offset + step, device=net.device)
            hidden = net.hidden(net.model.embed_tokens(chosen), at, caches)
        for i in members:
            done[i] = (forms.tokenizer.decode(texts[i], skip_special_tokens=False), i in ended)
    return done


class Evaluation:
    """Samples completions of one model and keeps them for `--dump`."""

    def __init__(self, net: TinyQwenVL, forms: Forms, temperature: float, seed: int) -> None:
        self.net, self.forms, self.temperature = net, forms, temperature
        self.rng = random.Random(seed)
        self.dump: list[dict] = []

    def run(
        self,
        form: str,
        items: list[dict],
        split: Split,
        answers: list[str] | None = None,
        fact: bool = False,
        seen: bool = False,
    ) -> list[Completion]:
        """Completions of `form` over items; `answers` are the given references of a privileged form, and with `seen` it
        goes on after the item's own description, as a teacher goes on after the student's."""
        prompts = []
        for i, item in enumerate(items):
            question = f"{item['fact']} {item['problem']}" if fact else item["problem"]
            begun = f"<description> {item['description']} </description> <think>" if seen else None
            answer = answers[i] if answers else ""
            prompts.append(self.forms.prompt(form, question, answer, item["description"], prefill=begun))
        pictures = None if form in PICTURELESS else split.pictures[[item["picture"] for item in items]]
        out = generate(self.net, self.forms, prompts, pictures, self.temperature)
        for i, (item, (text, ended)) in enumerate(zip(items, out, strict=True)):
            self.dump.append(
                {
                    "form": form,
                    "fact": fact,
                    "problem_id": item["id"],
                    "given": answers[i] if answers else None,
                    "answer": item["answer"],
                    "completion": text,
                    "ended": ended,
                }
            )
        return out


def measure(run: Evaluation, test: Split, prior: Split, problems: Split, most: int) -> dict:
    result: dict = {}
    items = test.items[:most]
    out = run.run("student", items, test)
    parsed = [parse(*o) for o in out]
    result["valid"] = share([p is not None for p in parsed])
    right = [boxed(o[0]) == item["answer"] for o, item in zip(out, items, strict=True)]
    result["correct"] = share(right)
    result["correctByFamily"] = {
        f: share([r for r, item in zip(right, items, strict=True) if item["family"] == f])
        for f in sorted({item["family"] for item in items})
    }
    result["descriptionExact"] = share(
        [p is not None and p["d"] == item["description"] for p, item in zip(parsed, items, strict=True)]
    )
    out = run.run("plain", items, test)
    result["plainCorrect"] = share([boxed(o[0]) == item["answer"] for o, item in zip(out, items, strict=True)])
    agree = [item for item in prior.items if item["prior"]["image"] == 1][:most]
    conflict = [item for item in prior.items if item["prior"]["image"] > 1][:most]
    for setting, fact in (("F", True), ("P", False)):
        out = run.run("student", agree, prior, fact=fact)
        result[f"prior{setting}"] = share([boxed(o[0]) == item["answer"] for o, item in zip(out, agree, strict=True)])
        out = run.run("student", conflict, prior, fact=fact)
        result[f"score{setting}"] = share(
            [boxed(o[0]) == item["answer"] for o, item in zip(out, conflict, strict=True)]
        )
        result[f"saysPriorOnConflict{setting}"] = share(
            [boxed(o[0]) == item["prior"]["usual"] for o, item in zip(out, conflict, strict=True)]
        )
        result[f"studentNamesProperty{setting}"] = share(
            [
                item["prior"]["decisivePhrase"] in o[0].split("</description>")[0]
                for o, item in zip(out, conflict, strict=True)
            ]
        )
    out = run.run("perception", conflict, prior)
    result["perceptionNamesProperty"] = share(
        [item["prior"]["decisivePhrase"] in o[0] for o, item in zip(out, conflict, strict=True)]
    )
    for form, split in (("caption", test), ("text", problems)):
        out = run.run(form, split.items[:most], split)
        result[f"{form}Correct"] = share(
            [boxed(o[0]) == item["answer"] for o, item in zip(out, split.items[:most], strict=True)]
        )
    for key, form, seen in (
        ("reasoning", "reasoning", False),
        ("reasoningSeen", "reasoning", True),
        ("reference", "reference", False),
        ("privileged", "privileged", False),
    ):
        for name, group, split in (("Ordinary", items, test), ("Conflict", conflict, prior)):
            for kind in ("Right", "Wrong"):
                given = [item["answer"] if kind == "Right" else run.rng.choice(item["wrong_answers"]) for item in group]
                out = run.run(form, group, split, given, seen=seen)
                result[f"{key}{name}{kind}"] = share([boxed(o[0]) == g for o, g in zip(out, given, strict=True)])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--prompts", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--most", type=int, default=600, help="items a measure")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", help="cpu or cuda; a GPU if there is one")
    parser.add_argument("--dump", type=Path, help="writes every completion as JSON Lines")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    config = json.loads((args.model / "config.json").read_text())
    net = TinyQwenVL(config, model_files.IMAGE_SIZE)
    net.load_state_dict(load_file(args.model / "model.safetensors"))
    net.to(best_device(args.device)).eval()
    run = Evaluation(net, Forms(args.model, json.loads(args.prompts.read_text()), config), args.temperature, args.seed)
    splits = (Split.load(args.data / name) for name in ("test", "prior-test", "problems-test"))
    result = measure(run, *splits, args.most)
    if args.dump:
        args.dump.write_text("".join(json.dumps(row) + "\n" for row in run.dump))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
