"""Pretrains the tiny Qwen2.5-VL on the exported world; stop it at any time and start it again to go on.

    python tools/pretrain/train.py --data DIR --out DIR --steps 4000

DIR/pretrain carries the language prior (usual looks in 95 % of scenes) and feeds the student's forms;
DIR/teacher is weak in it and feeds the image-only and privileged forms. `--blind` feeds them from DIR/pretrain
instead: the variant without the assumption that the teachers see better than the student answers.
"""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

import config as model_files
from forms import IGNORE, Forms, Split, patchify
from network import TinyQwenVL, best_device

MIXTURE = {"student": 4, "perception": 4, "reasoning": 2, "reference": 1, "privileged": 1, "plain": 1}
STUDENT_FORMS = ("student", "plain")

Example = tuple[list[int], list[int], np.ndarray]
"""Ids, labels and the picture [112, 112, 3] of one sequence."""


def build_optimizers(net: TinyQwenVL, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for the hidden matrices, AdamW for embeddings, biases and norms."""
    matrices, rest = [], []
    for name, p in net.named_parameters():
        (matrices if p.dim() == 2 and "embed_tokens" not in name else rest).append(p)
    return [
        torch.optim.Muon(matrices, lr=lr, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def learning_rate(step: int, args: argparse.Namespace) -> float:
    """Linear warm-up, then constant, then linear to a twentieth over the last `--decay` steps."""
    if step < 100:
        return (step + 1) / 100
    left = (args.steps - step) / args.decay
    return max(0.05, min(1.0, left))


def draw_batch(step: int, args: argparse.Namespace, forms: Forms, splits: dict[str, Split]) -> list[list[Example]]:
    """The examples of one step, short ones and long ones apart.

    The same step draws the same batch, so that a resumed run goes on as it was.
    """
    rng = random.Random(args.seed * 1_000_003 + step)
    names = rng.choices(list(MIXTURE), weights=list(MIXTURE.values()), k=args.batch)
    examples = []
    for name in names:
        source = "pretrain" if args.blind or name in STUDENT_FORMS else "teacher"
        split = splits[source]
        item = rng.choice(split.items)
        ids, labels = forms.sequence(name, item, rng, args.wrong_share)
        examples.append((ids, labels, split.pictures[item["picture"]]))
    examples.sort(key=lambda e: len(e[0]))
    half = len(examples) // 2
    return [examples[:half], examples[half:]]


def collate(examples: list[Example]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids and labels [batch, tokens], padded on the right, and patches [batch, 64, 1176]."""
    width = max(len(ids) for ids, _, _ in examples)
    ids = torch.zeros(len(examples), width, dtype=torch.long)
    labels = torch.full((len(examples), width), IGNORE)
    for i, (x, y, _) in enumerate(examples):
        ids[i, : len(x)] = torch.tensor(x)
        labels[i, : len(y)] = torch.tensor(y)
    pixels = torch.from_numpy(patchify(np.stack([p for _, _, p in examples])))
    return ids, labels, pixels


def loss_sum(net: TinyQwenVL, examples: list[Example], dtype: str) -> torch.Tensor:
    """Cross entropy in nats, summed over the labelled tokens."""
    device = net.device
    ids, labels, pixels = (tensor.to(device) for tensor in collate(examples))
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == "bf16"):
        x = net.embed(ids, net.visual(pixels))
        hidden = net.hidden(x, net.positions(ids))
        wanted = labels[:, 1:] != IGNORE
        logits = net.logits(hidden[:, :-1][wanted])
    targets = labels[:, 1:][wanted]
    return F.cross_entropy(logits.float(), targets, reduction="sum")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--prompts", type=Path, required=True, help="output of scripts/prompts.ts")
    parser.add_argument("--out", type=Path, required=True, help="holds the tokenizer and configs; gets the weights")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--decay", type=int, default=800)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong-share", type=float, default=0.5, help="privileged examples with a wrong reference")
    parser.add_argument("--blind", action="store_true", help="teachers' forms from the strong prior too")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", help="cpu or cuda; a GPU if there is one")
    parser.add_argument("--dtype", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--save-every", type=int, default=100)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    config = json.loads((args.out / "config.json").read_text())
    net = TinyQwenVL(config, model_files.IMAGE_SIZE).to(best_device(args.device))
    forms = Forms(args.out, json.loads(args.prompts.read_text()), config)
    splits = {name: Split.load(args.data / name) for name in ("pretrain", "teacher")}
    optimizers = build_optimizers(net, args.lr)
    state_file, step = args.out / "state.pt", 0
    if state_file.exists():
        state = torch.load(state_file, map_location=net.device)
        net.load_state_dict(state["net"])
        for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        step = state["step"]
    started, running = time.time(), None
    while step < args.steps:
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = args.lr * learning_rate(step, args)
            optimizer.zero_grad(set_to_none=True)
        parts = draw_batch(step, args, forms, splits)
        total = sum(sum(y != IGNORE for y in labels[1:]) for part in parts for _, labels, _ in part)
        value = 0.0
        for part in parts:
            loss = loss_sum(net, part, args.dtype)
            (loss / total).backward()
            value += loss.item() / total
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        running = value if running is None else 0.95 * running + 0.05 * value
        if step % 20 == 0:
            print(
                json.dumps({"step": step, "loss": round(running, 4), "seconds": round(time.time() - started, 1)}),
                flush=True,
            )
        if step % args.save_every == 0 or step == args.steps:
            state = {"net": net.state_dict(), "optimizers": [o.state_dict() for o in optimizers], "step": step}
            torch.save(state, state_file.with_suffix(".new"))
            state_file.with_suffix(".new").replace(state_file)
            weights = {k: v.cpu().contiguous() for k, v in net.state_dict().items()}
            save_file(weights, args.out / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
