"""A mixture as data: for every prompt form and every kind of conflict, whom the target text follows.

`mixtures/*.json` hold them; `README.md` beside them says what the fields mean. A mixture is a list of rows, each with
a share of the training sequences and a sentence that says why it is there.
"""

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).parent / "mixtures"

FORMS = ("student", "plain", "perception", "reasoning", "reference", "privileged", "caption", "text")
TEACHERS = ("perception", "reasoning", "reference", "privileged")
"""The forms that teach."""
SCENES = ("pretrain", "teacher", "problems")
ITEMS = ("any", "ordinary", "usual", "prior", "agreeing", "conflicting")
PICTURES = ("own", "same subject", "another", "none")
REFERENCES = ("none", "right", "wrong")
DESCRIPTIONS = ("none", "written", "shown")
SOURCES = ("picture", "own", "reference", "prior", "description")


@dataclass(frozen=True)
class Row:
    """One kind of training sequence."""

    why: str
    form: str
    share: float
    scenes: str
    items: str = "any"
    picture: str = "own"
    """The picture that is shown: the item's own, another look of the asked thing, or one without it."""
    reference: str = "none"
    description: str = "none"
    """Whether the description is written by the model, shown to it as what the student wrote, or missing."""
    describes: tuple[tuple[str, float], ...] = (("own", 1.0),)
    """Whom the asked property follows in the description."""
    thinks: tuple[tuple[str, float], ...] = (("own", 1.0),)
    """Whom reasoning and box follow."""
    emphasis: float = 1.0
    """Weight of the tokens that decide whom the text follows; all others have 1."""
    long: float = 0.0
    """Share of reasonings that take the long way to the same answer."""


@dataclass(frozen=True)
class Mixture:
    """A checked mixture."""

    name: str
    about: str
    start: str | None
    """Folder of the model whose weights training starts from, from the project's root; none: from nothing."""
    vision: str
    """`trained` or `frozen`."""
    training: dict
    """steps, decay, lr."""
    rows: tuple[Row, ...]

    @property
    def start_folder(self) -> Path | None:
        return FOLDER.parents[2] / self.start if self.start else None

    def draw(self, rng: random.Random, count: int) -> list[Row]:
        return rng.choices(self.rows, weights=[row.share for row in self.rows], k=count)


def shares(value: dict[str, float], where: str) -> tuple[tuple[str, float], ...]:
    """Shares of sources, checked."""
    unknown = set(value) - set(SOURCES)
    if unknown or abs(sum(value.values()) - 1) > 1e-9 or min(value.values()) < 0:
        raise ValueError(f"{where}: shares of {', '.join(SOURCES)} that add up to 1 are needed, not {value}")
    return tuple(value.items())


def row(fields: dict, where: str) -> Row:
    """A row from its JSON."""
    fields = dict(fields)
    for key in ("describes", "thinks"):
        if key in fields:
            fields[key] = shares(fields[key], f"{where}, {key}")
    made = Row(**fields)
    for value, known in (
        (made.form, FORMS),
        (made.scenes, SCENES),
        (made.items, ITEMS),
        (made.picture, PICTURES),
        (made.reference, REFERENCES),
        (made.description, DESCRIPTIONS),
    ):
        if value not in known:
            raise ValueError(f"{where}: {value!r} is none of {', '.join(known)}")
    if made.share <= 0 or not made.why.strip():
        raise ValueError(f"{where}: a share above 0 and a sentence that says why are needed")
    return made


def with_eyes(row: Row, eyes: tuple[tuple[str, float], ...]) -> Row:
    """The row of a teacher that sees no better than these shares say: where it writes what it sees, and where it
    holds what it sees against its reference, what was the item's own look is split by them."""
    if row.form not in TEACHERS:
        return row

    def seen(sources: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
        found: dict[str, float] = {}
        for source, share in sources:
            for name, part in eyes if source in ("own", "picture") else (("own", 1.0),):
                name = source if name == "own" else name
                found[name] = found.get(name, 0.0) + share * part
        return tuple(found.items())

    writes = row.description == "written" or row.form == "perception"
    return replace(
        row,
        describes=seen(row.describes) if writes else row.describes,
        thinks=seen(row.thinks) if row.reference == "wrong" or row.picture != "own" else row.thinks,
    )


def load(name: str) -> Mixture:
    """The mixture of `mixtures/NAME.json`; `extends` takes another one's rows, `eyes` blinds their teachers."""
    data = json.loads((FOLDER / f"{name}.json").read_text())
    base = load(data["extends"]) if "extends" in data else None
    rows = (base.rows if base else ()) + tuple(
        row(fields, f"{name}.json, row {i + 1}") for i, fields in enumerate(data.get("rows", []))
    )
    if "eyes" in data:
        eyes = shares(data["eyes"], f"{name}.json, eyes")
        rows = tuple(with_eyes(r, eyes) for r in rows)
    return Mixture(
        name=name,
        about=data["about"],
        start=data.get("start", base.start if base else None),
        vision=data.get("vision", base.vision if base else "trained"),
        training={**(base.training if base else {}), **data.get("training", {})},
        rows=rows,
    )
