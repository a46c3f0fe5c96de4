"""Opens exports of the tiny world as the released trainer opens its data, and makes its collator's three reads.

`load_dataset` on the folder, then of every row the problem (text), `images` (PIL images), and `int(problem_id)`; the
answer too, and that the picture is the file's. Ends with 1 where a read fails.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import datasets
from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parents[2]
# Split, items; one item alone, and enough for several blocks of the library's reader.
EXPORTS = [("train", 1), ("train", 12000), ("prior-test", 300), ("pretrain", 300), ("teacher", 300), ("test", 300)]


def export(split: str, count: int, out: Path) -> None:
    command = ["npm", "run", "-s", "world:export", "--", "--split", split, "--count", str(count), "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def check(folder: Path, cache: Path) -> int:
    """Rows that were read."""
    rows = [json.loads(line) for line in (folder / "metadata.jsonl").read_text().splitlines()]
    data = datasets.load_dataset(str(folder), split="train", cache_dir=str(cache))
    if len(data) != len(rows):
        raise ValueError(f"{len(data)} of {len(rows)} rows")
    for example, row in zip(data, rows, strict=True):
        if not (isinstance(example["problem"], str) and example["problem"] == row["problem"]):
            raise ValueError(f"problem: {example['problem']!r}")
        if int(example["problem_id"]) != row["problem_id"]:
            raise ValueError(f"problem_id: {example['problem_id']!r}")
        if example["answer"] != row["answer"]:
            raise ValueError(f"answer: {example['answer']!r}")
        pictures = example["images"]
        if not (len(pictures) == 1 and all(isinstance(picture, Image.Image) for picture in pictures)):
            raise ValueError(f"images: {pictures!r}")
        written = Image.open(folder / row["file_names"][0])
        if ImageChops.difference(pictures[0].convert("RGB"), written.convert("RGB")).getbbox() is not None:
            raise ValueError(f"another picture than {row['file_names'][0]}")
    return len(data)


def main() -> None:
    print(f"datasets {datasets.__version__}")
    datasets.disable_progress_bars()
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        for split, count in EXPORTS:
            folder = Path(scratch) / f"{split}-{count}"
            export(split, count, folder)
            try:
                print(f"{split}: {check(folder, Path(scratch) / 'cache')} rows read")
            except Exception as error:
                failed = True
                print(f"{split}, {count}: {type(error).__name__}: {error}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
