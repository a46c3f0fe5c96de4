"""Measures PALR, the privileged-answer leakage rate, on the model's own valid rollouts; prints one JSON object.

    python tools/pretrain/palr.py --data DIR --prompts FILE --model DIR [--rollouts 600]

Items of prior-test with their fact sentence, one rollout each at temperature 1; wrong answers are the item's first
three, the mismatched image is the next item's. Rates are pooled over tokens; intervals are 95 % percentiles of a
bootstrap over the groups of three pictures. ViGOS as the paper reads it: the reasoning teacher has the student's
description in view, and no answer-aware teacher supervises a description, so its rate there is 0 by construction.
"""

import argparse
import json
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

import config as model_files
from evaluate import Evaluation, parse
from forms import Forms, Split, patchify
from network import TinyQwenVL, best_device

WRONG_ANSWERS = 3
EPSILON = 1e-8
DRAWS = 2000


def find(ids: list[int], wanted: list[int], start: int) -> int | None:
    """Where `wanted` begins in `ids`, from `start` on."""
    return next((at for at in range(start, len(ids) - len(wanted) + 1) if ids[at : at + len(wanted)] == wanted), None)


def segments(ids: list[int], forms: Forms) -> dict[str, range] | None:
    """Token ranges of description, reasoning and answer; None where a tag was sampled in other tokens."""
    tags = [forms.encode(text) for text in (" </description>", " <think>", " </think>", " \\boxed{")]
    at, found = 0, []
    for tag in tags:
        begin = find(ids, tag, at)
        if begin is None:
            return None
        found.append(begin)
        at = begin + len(tag)
    closing = find(ids, forms.encode("}"), at)
    if closing is None:
        return None
    return {
        "description": range(found[0]),
        "reasoning": range(found[1] + len(tags[1]), found[2]),
        "answer": range(at, closing),
    }


@torch.no_grad()
def scores(
    net: TinyQwenVL, contexts: list[tuple[list[int], list[int]]], features: torch.Tensor, batch: int = 64
) -> list[np.ndarray]:
    """log q of every token of every completion, [tokens] each; `features` [contexts, 16, hidden]."""
    found: list[np.ndarray] = [np.zeros(0)] * len(contexts)
    order = sorted(range(len(contexts)), key=lambda i: len(contexts[i][0]) + len(contexts[i][1]))
    for start in range(0, len(order), batch):
        members = order[start : start + batch]
        rows = [contexts[i][0] + contexts[i][1] for i in members]
        ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long, device=net.device)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
        hidden = net.hidden(net.embed(ids, features[members]), net.positions(ids))
        for i, member in enumerate(members):
            prompt, completion = contexts[member]
            logits = net.logits(hidden[i, len(prompt) - 1 : len(prompt) + len(completion) - 1])
            chosen = torch.tensor(completion, device=net.device)[:, None]
            found[member] = logits.float().log_softmax(-1).gather(1, chosen)[:, 0].cpu().numpy()
    return found


def interval(leaked: np.ndarray, explained: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> list[float]:
    """95 % interval of the pooled rate in percent; one entry a rollout, resampled by group."""
    members = [np.flatnonzero(groups == g) for g in np.unique(groups)]
    sums = np.array([(leaked[m].sum(), explained[m].sum()) for m in members])
    drawn = sums[rng.integers(0, len(sums), (DRAWS, len(sums)))].sum(1)
    rates = 100 * drawn[:, 0] / (drawn[:, 1] + EPSILON)
    return [round(float(x), 2) for x in np.percentile(rates, [2.5, 97.5])]


def measure(run: Evaluation, split: Split, wanted: int, seed: int) -> dict:
    net, forms = run.net, run.forms
    items = split.items[: math.ceil(wanted * 1.1)]
    texts = run.run("student", items, split, fact=True)
    rollouts = []
    for i, (item, (text, ended)) in enumerate(zip(items, texts, strict=True)):
        ids = forms.encode(text)
        parts = segments(ids, forms)
        if parse(text, ended) and parts and len(item["wrong_answers"]) >= WRONG_ANSWERS:
            rollouts.append((i, item, ids, parts))
    rollouts = rollouts[:wanted]
    with torch.no_grad():
        seen = [item["picture"] for item in split.items[: len(items) + 1]]
        features = torch.cat(
            [
                net.visual(torch.from_numpy(patchify(split.pictures[seen[at : at + 64]])).to(net.device))
                for at in range(0, len(seen), 64)
            ]
        )

    def score(form: str, answer: int | None, image: int) -> list[np.ndarray]:
        """Under the right answer (None) or a wrong one, with the own picture (0) or the next (1)."""
        contexts = []
        for _, item, ids, _ in rollouts:
            given = item["answer"] if answer is None else item["wrong_answers"][answer]
            prefill = run.forms.prompts["student"]["prefill"]
            contexts.append((forms.prompt(form, f"{item['fact']} {item['problem']}", given, prefill=prefill), ids))
        return scores(net, contexts, features[[i + image for i, *_ in rollouts]])

    student = score("student", None, 0)
    groups = np.array([item["prior"]["group"] for _, item, _, _ in rollouts])
    rng = np.random.default_rng(seed)
    result: dict = {"rollouts": len(rollouts), "groups": len(np.unique(groups))}
    for method, form in (("OPSD", "privileged"), ("ViGOS", "reasoning")):
        matched, mismatched = score(form, None, 0), score(form, None, 1)
        wrong = [score(form, k, 0) for k in range(WRONG_ANSWERS)]
        sums: dict[str, list[tuple[float, float]]] = defaultdict(list)
        deciding: dict[str, list[tuple[float, ...]]] = defaultdict(list)
        for n, (_, item, _, parts) in enumerate(rollouts):
            push = np.abs(matched[n] - student[n])
            answer = np.maximum(
                0, matched[n] - (np.logaddexp.reduce([w[n] for w in wrong], axis=0) - math.log(WRONG_ANSWERS))
            )
            image = np.maximum(0, matched[n] - mismatched[n])
            for name, spans in (
                ("description", [parts["description"]]),
                ("reasoningAnswer", [parts["reasoning"], parts["answer"]]),
            ):
                at = [t for span in spans for t in span]
                leaked, seen_there = push[at] * answer[at], push[at] * image[at]
                sums[name].append((leaked.sum(), (leaked + seen_there).sum()))
                top = at[int(np.argmax(leaked + seen_there))]
                deciding[f"{name} {item['prior']['image']}"].append((push[top], answer[top], image[top]))
        for name, pairs in sums.items():
            if method == "ViGOS" and name == "description":
                continue
            leaked, explained = np.array(pairs).T
            rate = 100 * leaked.sum() / (explained.sum() + EPSILON)
            result[f"{method} {name}"] = {
                "percent": round(float(rate), 2),
                "interval": interval(leaked, explained, groups, rng),
            }
        result[f"{method} heaviest tokens"] = {
            name: [round(float(x), 3) for x in np.mean(rows, axis=0)] for name, rows in deciding.items()
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--prompts", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--rollouts", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", help="cpu or cuda; a GPU if there is one")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    config = json.loads((args.model / "config.json").read_text())
    net = TinyQwenVL(config, model_files.IMAGE_SIZE)
    net.load_state_dict(load_file(args.model / "model.safetensors"))
    net.to(best_device(args.device)).eval()
    run = Evaluation(net, Forms(args.model, json.loads(args.prompts.read_text()), config), 1.0, args.seed)
    print(json.dumps(measure(run, Split.load(args.data / "prior-test"), args.rollouts, args.seed), indent=1))


if __name__ == "__main__":
    main()
