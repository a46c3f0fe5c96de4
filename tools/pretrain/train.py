"""Pretrains the tiny Qwen2.5-VL on the exported world; stop it at any time and start it again to go on.

    python tools/pretrain/train.py --mixture tiny --data DIR --prompts FILE --out DIR

What the sequences are, and whom their texts follow where picture, reference and prior conflict, is in
`mixtures/NAME.json`: DIR/pretrain carries the language prior (usual looks in 95 % of scenes), DIR/teacher is weak in
it, DIR/problems are problems in words alone.
"""

import argparse
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

import config as model_files
import mixture as mixtures
from forms import Forms, Sequence, Split, patchify
from mixture import Mixture
from network import TinyQwenVL, best_device


@dataclass
class Part:
    """Sequences that go through the network together, all with a picture or none."""

    sequences: list[Sequence]
    pictures: np.ndarray | torch.Tensor | None
    """[sequences, 112, 112, 3] bytes, or their features [sequences, 16, hidden] where the eyes are frozen."""


def build_optimizers(net: TinyQwenVL, lr: float) -> list[torch.optim.Optimizer]:
    """Muon for the hidden matrices, AdamW for embeddings, biases and norms."""
    matrices, rest = [], []
    for name, p in net.named_parameters():
        if not p.requires_grad:
            continue
        (matrices if p.dim() == 2 and "embed_tokens" not in name else rest).append(p)
    return [
        torch.optim.Muon(matrices, lr=lr, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def learning_rate(step: int, steps: int, decay: int) -> float:
    """Linear warm-up, then constant, then linear to a twentieth over the last `decay` steps."""
    if step < 100:
        return (step + 1) / 100
    return max(0.05, min(1.0, (steps - step) / decay))


class Source:
    """The splits that a mixture draws from, with features of their pictures where the eyes are frozen."""

    def __init__(self, mixture: Mixture, data: Path, forms: Forms, items: int | None) -> None:
        self.mixture, self.forms = mixture, forms
        self.splits = {name: Split.load(data / name, items) for name in sorted({row.scenes for row in mixture.rows})}
        self.features: dict[str, torch.Tensor] = {}

    @torch.no_grad()
    def look(self, net: TinyQwenVL, out: Path) -> None:
        """Looks at every picture once; OUT/features.pt keeps what it saw for a resumed run."""
        kept = out / "features.pt"
        if kept.exists():
            self.features = torch.load(kept, map_location=net.device)
            return
        for name, split in self.splits.items():
            batches = [split.pictures[at : at + 256] for at in range(0, len(split.pictures), 256)]
            if batches:
                self.features[name] = torch.cat(
                    [net.visual(torch.from_numpy(patchify(batch)).to(net.device)).half() for batch in batches]
                )
        torch.save(self.features, kept)

    def batch(self, step: int, seed: int, size: int) -> list[Part]:
        """The sequences of one step: short ones, long ones, and those without a picture.

        The same step draws the same batch, so that a resumed run goes on as it was.
        """
        rng = random.Random(seed * 1_000_003 + step)
        drawn: list[tuple[Sequence, str]] = []
        for row in self.mixture.draw(rng, size):
            drawn.append((self.forms.draw(row, self.splits[row.scenes], rng), row.scenes))
        drawn.sort(key=lambda one: len(one[0].ids))
        seeing = [one for one in drawn if one[0].picture is not None]
        half = len(seeing) // 2
        parts = [self.part(seeing[:half]), self.part(seeing[half:])]
        return [p for p in (*parts, self.part([one for one in drawn if one[0].picture is None])) if p.sequences]

    def part(self, drawn: list[tuple[Sequence, str]]) -> Part:
        sequences = [sequence for sequence, _ in drawn]
        if not drawn or sequences[0].picture is None:
            return Part(sequences, None)
        if self.features:
            return Part(sequences, torch.stack([self.features[scenes][s.picture] for s, scenes in drawn]).float())
        return Part(sequences, np.stack([self.splits[scenes].pictures[s.picture] for s, scenes in drawn]))


def loss_sum(net: TinyQwenVL, part: Part, dtype: str) -> torch.Tensor:
    """Cross entropy in nats, summed over what is to be learned with its weights."""
    device = net.device
    ids = torch.zeros(len(part.sequences), max(len(s.ids) for s in part.sequences), dtype=torch.long)
    for i, sequence in enumerate(part.sequences):
        ids[i, : len(sequence.ids)] = torch.tensor(sequence.ids)
    rows, places, tokens, weights = zip(
        *((i, at - 1, token, weight) for i, s in enumerate(part.sequences) for at, token, weight in s.targets),
        strict=True,
    )
    ids = ids.to(device)
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == "bf16"):
        if part.pictures is None:
            features = None
        elif isinstance(part.pictures, torch.Tensor):
            features = part.pictures
        else:
            features = net.visual(torch.from_numpy(patchify(part.pictures)).to(device))
        hidden = net.hidden(net.embed(ids, features), net.positions(ids))
        logits = net.logits(hidden[list(rows), list(places)])
    losses = F.cross_entropy(logits.float(), torch.tensor(tokens, device=device), reduction="none")
    return (losses * torch.tensor(weights, device=device)).sum()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--prompts", type=Path, required=True, help="output of scripts/prompts.ts")
    parser.add_argument("--out", type=Path, required=True, help="holds the tokenizer and configs; gets the weights")
    parser.add_argument("--mixture", default="tiny", help="name of a file of mixtures/")
    parser.add_argument("--steps", type=int, help="the mixture's unless given")
    parser.add_argument("--decay", type=int, help="the mixture's unless given")
    parser.add_argument("--lr", type=float, help="the mixture's unless given")
    parser.add_argument("--start", type=Path, help="model folder to start from; the mixture's unless given")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--items", type=int, help="only the first so many of each split, for trials")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", help="cpu or cuda; a GPU if there is one")
    parser.add_argument("--dtype", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--save-every", type=int, default=100)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    mixture = mixtures.load(args.mixture)
    steps, decay, lr = (
        mixture.training[name] if given is None else given
        for name, given in (("steps", args.steps), ("decay", args.decay), ("lr", args.lr))
    )
    config = json.loads((args.out / "config.json").read_text())
    net = TinyQwenVL(config, model_files.IMAGE_SIZE).to(best_device(args.device))
    forms = Forms(args.out, json.loads(args.prompts.read_text()), config)
    source = Source(mixture, args.data, forms, args.items)
    start = args.start or mixture.start_folder
    if start:
        net.load_state_dict(load_file(start / "model.safetensors"))
    if mixture.vision == "frozen":
        net.visual.requires_grad_(False)
    optimizers = build_optimizers(net, lr)
    state_file, step = args.out / "state.pt", 0
    if state_file.exists():
        state = torch.load(state_file, map_location=net.device)
        net.load_state_dict(state["net"])
        for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        step = state["step"]
    if mixture.vision == "frozen":
        source.look(net, args.out)
    started, running = time.time(), None
    while step < steps:
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = lr * learning_rate(step, steps, decay)
            optimizer.zero_grad(set_to_none=True)
        parts = source.batch(step, args.seed, args.batch)
        total = sum(weight for part in parts for s in part.sequences for _, _, weight in s.targets)
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
                json.dumps(
                    {
                        "step": step,
                        "loss": round(running, 4),
                        "seconds": round(time.time() - started, 1),
                        "cpu": round(time.process_time(), 1),
                    }
                ),
                flush=True,
            )
        if step % args.save_every == 0 or step == steps:
            state = {"net": net.state_dict(), "optimizers": [o.state_dict() for o in optimizers], "step": step}
            torch.save(state, state_file.with_suffix(".new"))
            state_file.with_suffix(".new").replace(state_file)
            weights = {k: v.cpu().contiguous() for k, v in net.state_dict().items()}
            save_file(weights, args.out / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
