"""What a model costs: values, multiplications, memory, and where it fits (X5)."""

from dataclasses import dataclass

from trainer.model.flatbuffer import ModelStructure, Operator, Subgraph
from trainer.model.shape import SLICE_S

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")  # input, weights, bias


@dataclass(frozen=True)
class Platform:
    """A board's memory, bytes, from its maker's data sheet; `esphome`: micro_wake_word runs on it."""

    name: str
    ram: int
    flash: int
    esphome: bool


PLATFORMS = (
    Platform("ESP32-S3", 512 << 10, 4 << 20, True),
    Platform("ESP32-S3 with PSRAM", 8 << 20, 8 << 20, True),
    Platform("Raspberry Pi Pico", 264 << 10, 2 << 20, False),
    Platform("Arduino Nano 33 BLE", 256 << 10, 1 << 20, False),
    Platform("Raspberry Pi Zero", 512 << 20, 8 << 30, False),
)
RAM_SHARE = 0.25  # of a board's RAM that one wake word may take: network, audio and other words need the rest
FLASH_SHARE = 0.25  # of its flash: two firmware images lie there too, for updates over the air


@dataclass(frozen=True)
class Cost:
    """What a model costs on a device.

    Attributes:
        size: bytes of the file, in flash.
        arena: bytes of the tensor arena that TFLite-Micro needs, measured on this machine, or calculated where it
            has no interpreter; its structures are smaller on a 32-bit chip.
        state_bytes, states: of the ring buffers, which lie in the arena.
        parameters: weights and biases.
        macs_per_second: multiply-accumulates a second of audio.
    """

    size: int
    arena: int
    states: int
    state_bytes: int
    parameters: int
    macs_per_second: float

    def fits(self, platform: Platform) -> bool:
        """Say whether the model leaves the platform enough memory for everything else."""
        return self.arena <= platform.ram * RAM_SHARE and self.size <= platform.flash * FLASH_SHARE


def cost_of(structure: ModelStructure, arena: int) -> Cost:
    """Return what a model of this structure costs."""
    main = structure.subgraphs[0]
    weighted = [op for op in main.operators if op.name in _WEIGHTED]
    stride = main.tensors[main.inputs[0]].shape[1]
    return Cost(
        size=structure.size,
        arena=arena,
        states=len(structure.states),
        state_bytes=sum(state.bytes for state in structure.states.values() if state),
        parameters=sum(main.tensors[i].values for op in weighted for i in op.inputs[1:] if i >= 0),
        macs_per_second=sum(_macs(main, op) for op in weighted) / (stride * SLICE_S),
    )


def _macs(graph: Subgraph, operator: Operator) -> int:
    """Multiply-accumulates of one step. Depthwise weights are [1, h, w, channels], others [out, ..., in]."""
    output, weights = graph.tensors[operator.outputs[0]], graph.tensors[operator.inputs[1]]
    outputs_of_a_weight = weights.shape[3] if operator.name == "DEPTHWISE_CONV_2D" else weights.shape[0]
    return output.values * weights.values // outputs_of_a_weight
