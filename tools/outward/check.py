"""Holds what `npm run outward` writes to the trainers themselves.

Reads the options of the released ViGOS trainer (its dataclass, from a clone of OedoSoldier/ViGOS at the stated commit,
and transformers' TrainingArguments) and of TRL's `trl distillation` and `trl grpo` (their dataclasses), writes their names to
src/training/outward/fixtures/options.json, which the unit tests hold the rules to; then writes both folders for a run
of each kind, lets TRL's own parser read `config.yaml`, and the `datasets` library the data, as each trainer reads it.

    python tools/outward/check.py --vigos CLONE
"""

import argparse
import ast
import dataclasses
import importlib
import json
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import datasets
import transformers
import trl
from PIL import Image
from trl import DistillationConfig, GRPOConfig, ModelConfig, ScriptArguments, TrlParser
from trl.scripts.grpo import GRPOScriptArguments

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "src/training/outward/fixtures/options.json"
RUNS = (("vigos", "vigos"), ("vigos", "vigos-code"), ("trl", "vigos"), ("trl", "opsd"), ("trl", "grpo"))
DISTILLATION = (ScriptArguments, DistillationConfig, ModelConfig)
GRPO = (GRPOScriptArguments, GRPOConfig, ModelConfig)
STATED = {"trl": "1.16.0", "vigos": "d5d2525130167d4e1893bb159ddb0ada071a2224"}


def names_of(*classes: type) -> list[str]:
    return sorted({field.name for one in classes for field in dataclasses.fields(one)})


def released(clone: Path) -> list[str]:
    """Fields of the release's own dataclass, read without running it."""
    commit = subprocess.run(["git", "-C", clone, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    if commit.stdout.strip() != STATED["vigos"]:
        raise ValueError(f"the clone is at {commit.stdout.strip()}, not {STATED['vigos']}")
    source = subprocess.run(
        ["git", "-C", clone, "show", "HEAD:vigos/train_vigos.py"], check=True, capture_output=True, text=True
    )
    tree = ast.parse(source.stdout)
    made = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "ViGOSScriptArguments")
    return sorted(n.target.id for n in made.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name))


def write(trainer: str, recipe: str, out: Path) -> None:
    command = ["npm", "run", "-s", "outward", "--", "--to", trainer, "--recipe", recipe, "--steps", "4", "--out", out]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def check_script(script: str, known: set[str]) -> None:
    """Every option of the trainer's command is one of its own."""
    own = {"config_file", "num_processes", "config"}  # of accelerate and of TRL's command line
    given = set(re.findall(r"(?<![\w-])--([a-z][\w]*)", script))
    unknown = given - known - own
    if unknown:
        raise ValueError(f"unknown options: {', '.join(sorted(unknown))}")
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def check_data(folder: Path, cache: Path) -> None:
    """The reads of the release's collator and of TRL's trainer."""
    data = datasets.load_dataset(str(folder / "data"), split="train", cache_dir=str(cache))
    for row in data:
        assert isinstance(row["problem"], str) and isinstance(row["answer"], str), row
        assert int(row["problem_id"]) >= 0 and row["true_answer"], row
        assert len(row["images"]) == 1 and isinstance(row["images"][0], Image.Image), row
        assert row["prompt"][0]["role"] == "user" and row["problem"].strip() in row["prompt"][0]["content"], row
    print(f"{folder.name}: {len(data)} rows")


def check_config(folder: Path) -> None:
    """TRL's own parser takes the configuration, and nothing of it is left over."""
    script = (folder / "train.sh").read_text()
    rewarded = "exec trl grpo" in script
    parser = TrlParser(GRPO if rewarded else DISTILLATION)
    command = script[script.index("exec trl ") :].replace("\\\n", " ").replace("--config config", "--config $HERE/config")
    given = {"$PROCESSES": "1", "$MODEL": "m", "$TEACHER": "t", "$OUT": str(folder / "out"), "$PER_DEVICE": "1"}
    for name, value in {**given, "$HERE": str(folder), '"$@"': ""}.items():
        command = command.replace(name, value)
    # As many rollouts as whole groups of five.
    command = re.sub(r"\$\(\(.*?\)\)", "20" if rewarded else "8", command)
    words = shlex.split(command)[3:]
    at = words.index("--num_processes")  # taken by accelerate
    here = ["--use_cpu", "true"]  # bfloat16 is refused on a machine without a GPU otherwise
    parsed = parser.parse_args_and_config(args=words[:at] + words[at + 2 :] + here, fail_with_unknown_args=True)
    if rewarded:
        check_rewards(folder, *parsed[:2])


def check_rewards(folder: Path, script: GRPOScriptArguments, config: GRPOConfig) -> None:
    """The rewards are found by the names that TRL is given, as many as their weights, and say what they should."""
    sys.path.insert(0, str(folder))
    rewards = importlib.import_module("rewards")
    found = [getattr(rewards, name.removeprefix("rewards.")) for name in script.reward_funcs]
    assert len(found) == len(config.reward_weights) and abs(sum(config.reward_weights) - 1) < 1e-9, config.reward_weights
    for text, (right, valid) in {
        " A leaf. </description> <think> Red. </think> \\boxed{Red.}": (1, 1),
        "<description> A leaf. </description> <think> Two. </think> \\boxed{green}.": (0, 1),
        " A leaf. </description> <think> Red. </think> \\boxed{red} more": (1, 0),
        " A leaf. </description> <think> </think> \\boxed{red}": (1, 0),
        " A leaf. </description> <think> Red. </think> \\boxed{red": (0, 0),
        "": (0, 0),
    }.items():
        said = [[{"role": "assistant", "content": text}]]
        got = tuple(reward(completions=said, true_answer=["red"], prompts=[None])[0] for reward in found)
        assert got == (right, valid), (text, got)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vigos", type=Path, required=True)
    clone = parser.parse_args().vigos
    if trl.__version__ != STATED["trl"]:
        raise ValueError(f"TRL {trl.__version__}, not {STATED['trl']}")
    options = {
        "vigos": sorted({*released(clone), *names_of(transformers.TrainingArguments)}),
        "trl": names_of(*DISTILLATION),
        "trlGrpo": names_of(*GRPO),
    }
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(json.dumps({"versions": STATED, **options}, indent=2) + "\n")
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as scratch:
        for trainer, recipe in RUNS:
            folder = Path(scratch) / f"{trainer}-{recipe}"
            write(trainer, recipe, folder)
            known = options["trlGrpo" if recipe == "grpo" else trainer]
            check_script((folder / "train.sh").read_text(), set(known))
            if trainer == "trl":
                check_config(folder)
            check_data(folder, Path(scratch) / "cache")
    print(f"options of {', '.join(f'{name} {version[:7]}' for name, version in STATED.items())} hold")


if __name__ == "__main__":
    sys.exit(main())
