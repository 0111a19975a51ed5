"""Builds the small int8 model of meaning from published weights, as a graph for onnxruntime: no framework needed.

The network is that of BERT (Devlin et al. 2019) with six layers of 384 places and twelve heads; its sentence is the
mean of its tokens, made of length one, as the model's own page says.
"""

import json
import mmap
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS, PLACES, HEADS = 6, 384, 12
OPSET, FORMAT = 20, 9
TYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64}

Tensors = Mapping[str, NDArray[np.float32]]


def build(folder: Path, out: Path) -> None:
    """Reads model.safetensors of `folder`; `out` appears whole or not at all."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with TemporaryDirectory(dir=out.parent) as place:
        whole, small = Path(place) / "whole.onnx", Path(place) / "small.onnx"
        onnx.save(_Graph(read(folder / "model.safetensors")).model(), str(whole))
        quantize_dynamic(str(whole), str(small), weight_type=QuantType.QInt8, per_channel=True)
        small.replace(out)


def read(path: Path) -> Tensors:
    """The format: eight bytes of length, a JSON head, then the numbers where the head says."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        length = int.from_bytes(whole[:8], "little")
        head = json.loads(whole[8 : 8 + length])
        tensors = {}
        for name, about in head.items():
            if name == "__metadata__":
                continue
            start, end = (8 + length + at for at in about["data_offsets"])
            flat = np.frombuffer(whole[start:end], TYPES[about["dtype"]])
            tensors[name] = flat.reshape(about["shape"]).astype(np.float32)
        return tensors


class _Graph:
    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.nodes: list[onnx.NodeProto] = []
        self.kept: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        ids, mask = "input_ids", "attention_mask"
        counts = self.node("Cast", mask, to=TensorProto.FLOAT)
        hidden = self.node("Mul", self.node("Sub", self.number(1.0), counts), self.number(-1e9))
        hidden = self.node("Unsqueeze", hidden, self.whole([1, 2]))
        state = self.embedded(ids)
        for layer in range(LAYERS):
            state = self.layer(state, hidden, f"encoder.layer.{layer}.")
        self.mean(state, counts)
        shape = ["texts", "tokens"]
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in (ids, mask)]
        output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", PLACES])
        graph = helper.make_graph(self.nodes, "meaning", inputs, [output], self.kept)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=FORMAT)
        onnx.checker.check_model(model)
        return model

    def embedded(self, ids: str) -> str:
        words = self.node("Gather", self.weight("embeddings.word_embeddings.weight"), ids)
        kind = self.tensors["embeddings.token_type_embeddings.weight"][0]
        places = self.keep("places", self.tensors["embeddings.position_embeddings.weight"] + kind)
        length = self.node("Shape", ids, start=1, end=2)
        places = self.node("Slice", places, self.whole([0]), length, self.whole([0]))
        return self.normed(self.node("Add", words, places), "embeddings.LayerNorm")

    def layer(self, state: str, hidden: str, name: str) -> str:
        apart = self.whole([0, 0, HEADS, PLACES // HEADS])
        query, key, value = (
            self.node("Reshape", self.linear(state, f"{name}attention.self.{part}"), apart)
            for part in ("query", "key", "value")
        )
        query, value = (self.node("Transpose", each, perm=[0, 2, 1, 3]) for each in (query, value))
        key = self.node("Transpose", key, perm=[0, 2, 3, 1])
        alike = self.node("Mul", self.node("MatMul", query, key), self.number(float((PLACES / HEADS) ** -0.5)))
        seen = self.node("Softmax", self.node("Add", alike, hidden), axis=-1)
        heard = self.node("Transpose", self.node("MatMul", seen, value), perm=[0, 2, 1, 3])
        heard = self.node("Reshape", heard, self.whole([0, 0, PLACES]))
        heard = self.linear(heard, f"{name}attention.output.dense")
        state = self.normed(self.node("Add", state, heard), f"{name}attention.output.LayerNorm")
        thought = self.node("Gelu", self.linear(state, f"{name}intermediate.dense"))
        thought = self.linear(thought, f"{name}output.dense")
        return self.normed(self.node("Add", state, thought), f"{name}output.LayerNorm")

    def mean(self, state: str, counts: str) -> None:
        counts, tokens = self.node("Unsqueeze", counts, self.whole([2])), self.whole([1])
        total = self.node("ReduceSum", self.node("Mul", state, counts), tokens, keepdims=0)
        mean = self.node("Div", total, self.node("ReduceSum", counts, tokens, keepdims=0))
        self.nodes.append(helper.make_node("LpNormalization", [mean], ["embedding"], axis=-1, p=2))

    def linear(self, state: str, name: str) -> str:
        turned = self.keep(f"{name}.turned", self.tensors[f"{name}.weight"].T)
        return self.node("Add", self.node("MatMul", state, turned), self.weight(f"{name}.bias"))

    def normed(self, state: str, name: str) -> str:
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", state, weight, bias, epsilon=1e-12, axis=-1)

    def node(self, operation: str, *inputs: str, **how: object) -> str:
        name = f"{operation}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], **how))
        return name

    def weight(self, name: str) -> str:
        return self.keep(name, self.tensors[name])

    def number(self, value: float) -> str:
        return self.keep(f"constant_{len(self.kept)}", np.array(value, np.float32))

    def whole(self, values: list[int]) -> str:
        return self.keep(f"constant_{len(self.kept)}", np.array(values, np.int64))

    def keep(self, name: str, values: NDArray[np.float32] | NDArray[np.int64]) -> str:
        self.kept.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
