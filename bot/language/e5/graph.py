"""The encoder as an ONNX graph: token numbers in, the mean of the last layer as a unit vector out.

Word vectors stay in their 4-bit blocks, of which a sentence needs a few. The matrices of the layers
become 8-bit integers with a scale an output, of which only 7 bits are used: processors without the
newest instructions add pairs of products in 16 bits, and would overflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.language.e5.reading import ZERO, Floats, WeightsFile

IDS, SENTENCE = "input_ids", "sentence"
OPSET = 20
IR_VERSION = 9
LARGEST = 63  # of an integer weight


def graph(weights: WeightsFile, numbers: Sequence[int]) -> onnx.ModelProto:
    """The network for the chosen pieces, numbered in their order; one sentence at a time, without
    padding."""
    net = _Net()
    state = _embedded(net, weights, numbers)
    for layer in range(weights.shape.layers):
        state = _layer(net, weights, f"l{layer}", state)
    mean = net.add("ReduceMean", state, net.integers("along", [1]), keepdims=0)
    net.add("LpNormalization", mean, output=SENTENCE, axis=1, p=2)
    return net.model(weights.shape.width)


class _Net:
    """A graph that grows. Every method returns the name of what it added."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        """A tensor, once a name."""
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def integers(self, name: str, values: Sequence[int]) -> str:
        return self.constant(name, np.array(values, np.int64))

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        return self.split(operator, *inputs, outputs=[output or self._name()], **attributes)[0]

    def split(
        self, operator: str, *inputs: str, outputs: Sequence[str] = (), **attributes: Any
    ) -> Sequence[str]:
        """An operator with one output or more; three if none is named."""
        named = outputs or [f"{self._name()}_{at}" for at in range(3)]
        node = helper.make_node(operator, inputs, named, name=self._name(), **attributes)
        self._nodes.append(node)
        return named

    def model(self, width: int) -> onnx.ModelProto:
        given = helper.make_tensor_value_info(IDS, TensorProto.INT64, ["texts", "tokens"])
        found = helper.make_tensor_value_info(SENTENCE, TensorProto.FLOAT, ["texts", width])
        constants = list(self._constants.values())
        made = helper.make_graph(self._nodes, "spanish", [given], [found], constants)
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(made, opset_imports=[opset], ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        return model

    def _name(self) -> str:
        return f"n{len(self._nodes)}"


def _embedded(net: _Net, weights: WeightsFile, numbers: Sequence[int]) -> str:
    """The vectors of the tokens and of their places, before the first layer."""
    width = weights.shape.width
    stored = weights.blocks("emb.word", width, numbers)
    halves = net.add("Gather", net.constant("emb.halves", stored.halves), IDS)
    scales = net.add("Gather", net.constant("emb.scales", stored.scales), IDS)
    sixteen = net.constant("sixteen", np.array(16, np.uint8))
    high = net.add("Div", halves, sixteen)
    low = net.add("Sub", halves, net.add("Mul", high, sixteen))
    both = net.add("Cast", net.add("Concat", low, high, axis=3), to=TensorProto.FLOAT)
    centred = net.add("Sub", both, net.constant("zero", np.array(ZERO, np.float32)))
    scaled = net.add("Mul", centred, net.add("Cast", scales, to=TensorProto.FLOAT))
    words = net.add("Reshape", scaled, net.integers("rows", [0, 0, width]))
    # All our texts are of the first of two types: its vector goes with the place.
    places = weights.floats("emb.pos").reshape(-1, width) + weights.floats("emb.type")[:width]
    start, axis = net.integers("start", [0]), net.integers("axis", [0])
    length = net.add("Shape", IDS, start=1, end=2)
    near = net.add("Slice", net.constant("emb.places", places), start, length, axis)
    return _normal(net, weights, "emb.ln", net.add("Add", words, near))


def _layer(net: _Net, weights: WeightsFile, name: str, state: str) -> str:
    """Attention, then two wide matrices; each is added to what came in."""
    width, inner = weights.shape.width, weights.shape.inner
    mixed = _linear(net, weights, f"{name}.ao", _attention(net, weights, name, state), width)
    state = _normal(net, weights, f"{name}.aln", net.add("Add", state, mixed))
    wide = net.add("Gelu", _linear(net, weights, f"{name}.fi", state, width))
    narrow = _linear(net, weights, f"{name}.fo", wide, inner)
    return _normal(net, weights, f"{name}.oln", net.add("Add", state, narrow))


def _attention(net: _Net, weights: WeightsFile, name: str, state: str) -> str:
    width, heads = weights.shape.width, weights.shape.heads
    apart = net.integers("heads", [0, 0, heads, width // heads])
    # The scale of the products is put into the questions' weights.
    scale = (width // heads) ** -0.5
    sizes = {"q": scale, "k": 1.0, "v": 1.0}
    shared = net.split("DynamicQuantizeLinear", state)
    asked, keys, values = (
        net.add(
            "Transpose",
            net.add("Reshape", _product(net, weights, f"{name}.{one}", shared, width, size), apart),
            perm=[0, 2, 3, 1] if one == "k" else [0, 2, 1, 3],
        )
        for one, size in sizes.items()
    )
    shares = net.add("Softmax", net.add("MatMul", asked, keys), axis=-1)
    seen = net.add("Transpose", net.add("MatMul", shares, values), perm=[0, 2, 1, 3])
    return net.add("Reshape", seen, net.integers("rows", [0, 0, width]))


def _linear(net: _Net, weights: WeightsFile, name: str, state: str, columns: int) -> str:
    shared = net.split("DynamicQuantizeLinear", state)
    return _product(net, weights, name, shared, columns)


def _product(
    net: _Net,
    weights: WeightsFile,
    name: str,
    quantized: Sequence[str],
    columns: int,
    size: float = 1.0,
) -> str:
    """A matrix and its bias, both `size` times as large, on integers with their scale and zero."""
    numbers, scale, zero = quantized
    small, scales = integers(weights.matrix(f"{name}.w", columns).T * np.float32(size))
    matrix = net.constant(f"{name}.w", small)
    none = net.constant(f"{name}.zero", np.zeros(small.shape[1], np.int8))
    product = net.add("MatMulInteger", numbers, matrix, zero, none)
    both = net.add("Mul", scale, net.constant(f"{name}.scales", scales))
    found = net.add("Mul", net.add("Cast", product, to=TensorProto.FLOAT), both)
    bias = weights.floats(f"{name}.b") * np.float32(size)
    return net.add("Add", found, net.constant(f"{name}.b", bias))


def integers(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """The matrix as small integers, and by what each of its columns was divided."""
    scales = np.maximum(np.abs(matrix).max(axis=0) / LARGEST, np.finfo(np.float32).tiny)
    return np.rint(matrix / scales).astype(np.int8), scales.astype(np.float32)


def _normal(net: _Net, weights: WeightsFile, name: str, state: str) -> str:
    scale = net.constant(f"{name}.w", weights.floats(f"{name}.w"))
    bias = net.constant(f"{name}.b", weights.floats(f"{name}.b"))
    epsilon = weights.shape.epsilon
    return net.add("LayerNormalization", state, scale, bias, axis=-1, epsilon=epsilon)
