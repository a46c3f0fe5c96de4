"""Holds the table of scored tokens, as the Rollouts page hands it out, to pyarrow.

`sample.ts` writes a table of 90,000 tokens as Parquet and CSV, and the same tokens as JSON Lines. pyarrow must read both
to those values: every column of the Parquet file with its type, null where a token has none, figures bit by bit, and
what the file says about itself. Ends with 1 where one differs.

Usage: python tools/tokens/check.py [--out DIR]
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
TYPES = {"text": pa.string(), "integer": pa.int32(), "figure": pa.float32(), "flag": pa.bool_()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder to keep the tables in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.out or Path(scratch)
        subprocess.run(["npx", "tsx", "tools/tokens/sample.ts", str(out)], cwd=ROOT, check=True)
        faults = check(out)
    print("\n".join(faults) or f"pyarrow {pa.__version__} reads every token as it was written.")
    sys.exit(1 if faults else 0)


def check(out: Path) -> list[str]:
    """What differs, in words."""
    tokens = [json.loads(line) for line in (out / "tokens.jsonl").read_text("utf-8").splitlines()]
    table = pq.read_table(out / "tokens.parquet")
    about = json.loads(table.schema.metadata[b"vigos"])
    faults = []
    if about["format"] != "vigos-tokens/1" or about["scoredBy"]["name"] != "seeded figures":
        faults.append(f"the file says of itself {about}")
    if table.num_rows != len(tokens):
        faults.append(f"{table.num_rows} rows, not {len(tokens)}")
    if table.column_names != [column["name"] for column in about["columns"]]:
        faults.append(f"columns {table.column_names}")
    for column in about["columns"]:
        name, field = column["name"], table.schema.field(column["name"])
        if field.type != TYPES[column["type"]] or field.nullable != column.get("nullable", False):
            faults.append(f"{name} is {field}")
        if column["type"] == "figure" and column["unit"] != "nats":
            faults.append(f"{name} has no unit")
        written = [token[name] for token in tokens]
        if table[name].to_pylist() != written:
            faults.append(f"{name} has other values in Parquet")
    with (out / "tokens.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if [plain(row, about) for row in rows] != tokens:
        faults.append("the CSV has other values")
    return faults


def plain(row: dict[str, str], about: dict) -> dict:
    """A row of the CSV as values; empty is null where a column may be."""
    read = {"text": str, "integer": int, "figure": float, "flag": lambda text: text == "true"}
    return {
        column["name"]: None
        if column.get("nullable") and row[column["name"]] == ""
        else read[column["type"]](row[column["name"]])
        for column in about["columns"]
    }


if __name__ == "__main__":
    main()
