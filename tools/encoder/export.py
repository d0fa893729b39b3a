"""Writes a trained network as ONNX, in the form that the shop takes, and checks it against torch.

Written node by node, since torch's exporter leaves the padding in nodes of its own, which take
onnxruntime twice as long as padding in the convolutions.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tools.encoder.network import (
    DIMENSIONS,
    FEATURES,
    SIDE,
    Block,
    Convolution,
    Encoder,
    scaled,
    unit,
)

_OPSET, _IR_VERSION = 18, 9
_SMALL = 64  # values up to which an array stays float32
_MOST_DIFFERENT = 0.02  # in a component of the embedding; float16 weights account for some 0.002


class Graph:
    """The nodes and arrays of a model as they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: Iterable[str], name: str, **attributes: object) -> str:
        """Add a node with one output of this name."""
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def array(self, name: str, values: NDArray[np.float32]) -> str:
        """Add a constant; large ones are stored as float16 and cast when the model is loaded."""
        if values.size <= _SMALL:
            self.arrays.append(numpy_helper.from_array(values.astype(np.float32), name))
            return name
        self.arrays.append(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        return self.add("Cast", [f"{name}.half"], name, to=TensorProto.FLOAT)


def export(encoder: Encoder, path: Path, facts: Mapping[str, str]) -> float:
    """Write the encoder to ``path``. Returns the largest difference to torch, of unit vectors.

    facts: what the file says about itself (metadata). Raises ValueError where the difference is too
    large; then nothing is written.
    """
    model = _model(encoder.eval(), facts)
    difference = _difference(encoder, model.SerializeToString())
    if difference > _MOST_DIFFERENT:
        raise ValueError(
            f"The exported model differs from the trained one by {difference:.3f} in a component of "
            f"the embedding; at most {_MOST_DIFFERENT} is expected. Nothing was written."
        )
    onnx.save(model, path)
    return difference


def _model(encoder: Encoder, facts: Mapping[str, str]) -> onnx.ModelProto:
    graph = Graph()
    graph.array("scale", np.array(1 / 127.5))
    graph.array("one", np.array(1.0))
    graph.array("lowest", np.array(0.0))
    graph.array("highest", np.array(6.0))
    found = graph.add("Sub", [graph.add("Mul", ["pixels", "scale"], "scaled"), "one"], "centred")
    for number, layer in enumerate(encoder.layers):
        if isinstance(layer, Block):
            found = _block(graph, layer, found, f"layer{number}")
        elif isinstance(layer, Convolution):
            found = _convolution(graph, layer, found, f"layer{number}")
    pooled = graph.add("GlobalAveragePool", [found], "pooled")
    features = graph.add("Flatten", [pooled], "features", axis=1)
    weight = graph.array("head.weight", encoder.head.weight.detach().numpy())
    bias = graph.array("head.bias", encoder.head.bias.detach().numpy())
    head = graph.add("Gemm", [features, weight, bias], "head", transB=1)
    graph.add("LpNormalization", [head], "embedding", axis=1, p=2)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [_value("pixels", 3, SIDE, SIDE)],
            [_value("features", FEATURES), _value("embedding", DIMENSIONS)],
            graph.arrays,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )
    helper.set_model_props(model, dict(facts))
    onnx.checker.check_model(model, full_check=True)
    return model


def _block(graph: Graph, block: Block, pictures: str, name: str) -> str:
    found = pictures
    for number, step in enumerate(block.steps):
        found = _convolution(graph, step, found, f"{name}.{number}")
    return graph.add("Add", [pictures, found], f"{name}.sum") if block.is_added else found


def _convolution(graph: Graph, layer: Convolution, pictures: str, name: str) -> str:
    weight, bias = folded(layer)
    pads = [layer.before, layer.before, layer.after, layer.after]
    found = graph.add(
        "Conv",
        [pictures, graph.array(f"{name}.weight", weight), graph.array(f"{name}.bias", bias)],
        f"{name}.convolution",
        pads=pads,
        strides=list(layer.weights.stride),
        group=layer.weights.groups,
        kernel_shape=list(layer.weights.kernel_size),
    )
    if layer.is_activated:
        found = graph.add("Clip", [found, "lowest", "highest"], f"{name}.activation")
    return found


def folded(layer: Convolution) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weight and bias of one convolution that does what a convolution and its norm do."""
    norm = layer.norm
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weight = layer.weights.weight * factor[:, None, None, None]
    bias = norm.bias - norm.running_mean * factor
    return weight.detach().numpy(), bias.detach().numpy()


def _value(name: str, *shape: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])


def _difference(encoder: Encoder, model: bytes) -> float:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 3, SIDE, SIDE)).astype(np.float32)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    features, embedding = session.run(["features", "embedding"], {"pixels": pixels})
    with torch.no_grad():
        expected = encoder(scaled(torch.from_numpy(pixels)))
    pairs = ((features / np.linalg.norm(features, axis=1, keepdims=True), unit(expected[0])),
             (embedding, unit(expected[1])))  # fmt: skip
    return max(float(np.abs(one - other.numpy()).max()) for one, other in pairs)
