"""`bench intents`: how well topics are learnt from one CSV and found in another, and what that costs.

Files are CSV with the columns text and category, or text and label; a line labelled "oos" is a stranger to every topic,
in the file to learn from as well. `--predictions` gets a JSON line for each text of `--test` and `--oos`: {"text",
"label", "confidence"}. Where strangers are among what is asked, the label of what the model does not know is "oos".
"""

import csv
import json
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from django.core.management.base import CommandError

from conversations.bots import intents
from conversations.bots.intents import Guess, Model
from conversations.bots.meaning import Encoder, encoder
from deskapp.bench.machine import Figures

STRANGER = "oos"
Labelled = list[tuple[str, str]]


def run(
    *,
    say: Callable[[str], None],
    train: str | None,
    test: str | None,
    oos: str | None,
    predictions: str | None,
    **options: object,
) -> Figures:
    if not train or not test:
        raise CommandError("Name what to learn from and what to find: --train FILE --test FILE.")
    examples, known = apart(read(train))
    asked, strangers = apart(read(test))
    strangers += [text for text, _label in read(oos)] if oos else []
    meaning = encoder()
    say(f"{len(examples)} examples of {len({label for _text, label in examples})} topics; meaning: {bool(meaning)}")
    before, started = _memory(), time.perf_counter()
    cpu = time.process_time()
    model = intents.learn(examples, strangers=known, encoder=meaning).model
    figures: Figures = {
        "examples": len(examples),
        "topics": len(model.labels),
        "head_over_meaning": meaning is not None,
        "train_seconds": round(time.perf_counter() - started, 2),
        "train_cpu_seconds": round(time.process_time() - cpu, 2),
        **_judged(model, meaning, asked, strangers, predictions),
    }
    return {**figures, "memory_mb": _memory(), "memory_before_mb": before}


def _judged(
    model: Model, meaning: Encoder | None, asked: Labelled, strangers: Sequence[str], predictions: str | None
) -> Figures:
    started = time.process_time()
    found = [model.guess(text, meaning) for text, _label in asked]
    spent = time.process_time() - started
    lost = [model.guess(text, meaning) for text in strangers]
    if predictions:
        texts = [*(text for text, _label in asked), *strangers]
        _write(Path(predictions), texts, [*found, *lost], with_strangers=bool(strangers))
    right = [guess.label == label for guess, (_text, label) in zip(found, asked, strict=True)]
    refused, caught = sum(not guess.is_known for guess in found), sum(not guess.is_known for guess in lost)
    figures: Figures = {
        "accuracy": _share(sum(right), len(right)),
        "accuracy_kept": _share(sum(r and g.is_known for r, g in zip(right, found, strict=True)), len(right)),
        "handed_to_people": _share(refused, len(found)),
        "ms_per_message": round(spent * 1000 / max(1, len(asked)), 2),
    }
    if strangers:
        figures["oos_recall"] = _share(caught, len(lost))
        figures["oos_precision"] = _share(caught, caught + refused)
    return figures


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _write(path: Path, texts: Sequence[str], guesses: Sequence[Guess], *, with_strangers: bool) -> None:
    with path.open("w", encoding="utf-8") as file:
        for text, guess in zip(texts, guesses, strict=True):
            label = guess.label if guess.is_known or not with_strangers else STRANGER
            line = {"text": text, "label": label, "confidence": round(guess.confidence, 4)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def apart(rows: Labelled) -> tuple[Labelled, list[str]]:
    return [row for row in rows if row[1] != STRANGER], [text for text, label in rows if label == STRANGER]


def read(path: str) -> Labelled:
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            return [(row["text"], row.get("category") or row.get("label") or "") for row in csv.DictReader(file)]
    except (OSError, KeyError, UnicodeDecodeError) as problem:
        raise CommandError(f"{path} is no CSV with the columns text and category: {problem!r}") from problem


def _memory() -> int:
    """The peak of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
