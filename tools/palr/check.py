"""Computes PALR in NumPy from logits that the project dumped, and compares.

For each item `npm run -s inspect -- --leakage --dump-logits` rolls out the built-in model and writes what the student
and every teacher predict, as they are, under each wrong answer and with the mismatched picture. Log-probabilities,
who teaches which token, and the rates are worked out here anew, in float64. Ends with 1 where a rate differs by 1e-4
from the project's, and writes `src/method/fixtures/palr.json`, which tests hold the project to.

Usage: python tools/palr/check.py [--items 3 7 22] [--seed 1]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "src/method/fixtures/palr.json"
EPSILON = 1e-8
TOLERANCE = 1e-4
"""The largest difference of a rate, and of a log-probability in nats."""
SEES_ANSWER = {"perception": False, "reasoning": True, "privileged": True}
GROUPS = {
    "description": ("description",),
    "reasoningAnswer": ("reasoning", "answer"),
    "all": ("description", "reasoning", "answer", "delimiter", "trailing"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, nargs="+", default=[3, 7, 22], help="items of prior-test")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rollouts = [check(item, arguments.seed) for item in arguments.items]
    worst = max(max(rollout.pop("differences").values()) for rollout in rollouts)
    FIXTURE.write_text(json.dumps(rollouts, separators=(",", ":")) + "\n")
    print(f"largest difference {worst:.1e}")
    sys.exit(0 if worst < TOLERANCE else 1)


def check(item: int, seed: int) -> dict:
    """One rollout: its tokens and rates in NumPy, and how far the project's are from them."""
    with tempfile.TemporaryDirectory() as folder:
        asked = ["--split", "prior-test", "--index", str(item), "--seed", str(seed), "--leakage", "--json"]
        command = ["npm", "run", "-s", "inspect", "--", *asked, "--dump-logits", folder]
        out = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        trace = json.loads(out)
        log_probs = read_log_probs(Path(folder), [token["id"] for token in trace["tokens"]])
    leakage = trace["leakage"]
    segments = [token["segment"] for token in trace["tokens"]]
    wrong = len(leakage["wrongAnswers"])
    result = {
        "item": item,
        "ids": [token["id"] for token in trace["tokens"]],
        "wrongAnswers": leakage["wrongAnswers"],
        "methods": {},
        "differences": {},
    }
    for method in ("vigos", "opsd"):
        tokens = tokens_of(method, segments, log_probs, wrong)
        rates = rates_of(tokens)
        result["methods"][method] = {"tokens": tokens, "rates": rates}
        theirs = leakage["tokens"][method]
        assert [token["token"] for token in theirs] == [token["token"] for token in tokens]
        for name, value in rates_of(theirs).items():
            result["differences"][f"{method} {name}"] = abs(value - rates[name])
        pairs = [(a, b) for mine, other in zip(tokens, theirs) for a, b in zip(numbers(mine), numbers(other))]
        result["differences"][f"{method} log-probabilities"] = max(abs(a - b) for a, b in pairs)
        print(item, method, {name: f"{100 * value:.3f} %" for name, value in rates.items()})
    return result


def read_log_probs(folder: Path, ids: list[int]) -> dict[str, np.ndarray]:
    """By file, log p of the sampled token at every position that was read; NaN at the others."""
    found = {}
    for path in folder.glob("*.npy"):
        if path.name.endswith(".rows.npy"):
            continue
        logits = np.load(path).astype(np.float64)
        rows_file = path.with_name(f"{path.stem}.rows.npy")
        rows = np.load(rows_file) if rows_file.exists() else np.arange(len(logits))
        top = logits.max(axis=1, keepdims=True)
        normaliser = top[:, 0] + np.log(np.exp(logits - top).sum(axis=1))
        values = np.full(len(ids), np.nan)
        values[rows] = logits[np.arange(len(rows)), np.array(ids)[rows]] - normaliser
        found[path.stem] = values
    return found


def tokens_of(method: str, segments: list[str], log_probs: dict[str, np.ndarray], wrong: int) -> list[dict]:
    """Who teaches which token of a valid rollout, in the paper's reading, and its log-probabilities."""
    tokens = []
    for i, segment in enumerate(segments):
        if method == "opsd":
            teacher = "privileged"
        elif segment == "description":
            teacher = "perception"
        elif segment in ("reasoning", "answer"):
            teacher = "reasoning"
        else:
            continue
        answers = range(1, wrong + 1) if SEES_ANSWER[teacher] else ()
        tokens.append(
            {
                "token": i,
                "segment": segment,
                "teacher": teacher,
                "student": rounded(log_probs["student"][i]),
                "matched": rounded(log_probs[f"teacher-{teacher}"][i]),
                "wrongAnswers": [rounded(log_probs[f"teacher-{teacher}-wrong-{n}"][i]) for n in answers],
                "wrongImage": rounded(log_probs[f"teacher-{teacher}-picture"][i]),
            }
        )
    return tokens


def rounded(value: float) -> float:
    """To ten digits: what float32 logits hold of a log-probability near 0 is kept."""
    return float(f"{value:.10g}")


def numbers(token: dict) -> list[float]:
    return [token["student"], token["matched"], token["wrongImage"], *token["wrongAnswers"]]


def rates_of(tokens: list[dict]) -> dict[str, float]:
    """PALR(G) = sum of s c_A over sum of s (c_A + c_I) plus epsilon."""
    rates = {}
    for name, segments in GROUPS.items():
        leaked = explained = 0.0
        for token in tokens:
            if token["segment"] not in segments:
                continue
            matched = token["matched"]
            shift = abs(matched - token["student"])
            answers = np.array(token["wrongAnswers"])
            mean = np.log(np.mean(np.exp(answers - answers.max()))) + answers.max() if len(answers) else matched
            answer = max(0.0, matched - mean)
            image = max(0.0, matched - token["wrongImage"])
            leaked += shift * answer
            explained += shift * (answer + image)
        rates[name] = float(leaked / (explained + EPSILON))
    return rates


if __name__ == "__main__":
    main()
