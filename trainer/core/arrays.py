"""The array module: NumPy, or CuPy where the user asks for the GPU and it works. Chosen once, explicitly."""

import logging
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from trainer.errors import ResourceError

Device = Literal["auto", "cpu", "gpu"]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrays:
    """The array functions that augmentation and masking are written against.

    Attributes:
        name: "numpy" or "cupy".
        xp: the module, with NumPy's interface.
        scipy: SciPy, or cupyx.scipy with the same interface.
    """

    name: Literal["numpy", "cupy"]
    xp: Any
    scipy: Any

    def to_host(self, array: Any) -> NDArray[Any]:
        """Return a NumPy array, copying from the GPU where needed."""
        return np.asarray(array) if self.name == "numpy" else self.xp.asnumpy(array)

    def from_host(self, array: NDArray[Any]) -> Any:
        """Return an array of this module, copying to the GPU where needed."""
        return array if self.name == "numpy" else self.xp.asarray(array)


NUMPY = Arrays("numpy", np, scipy)


def choose(device: Device = "auto") -> Arrays:
    """Return the array module for a device.

    Raises:
        ResourceError: the GPU was asked for and CuPy or the GPU is missing.
    """
    if device == "cpu":
        return NUMPY
    try:
        import cupy
        import cupyx.scipy

        if cupy.is_available():
            return Arrays("cupy", cupy, cupyx.scipy)
        reason = "CuPy finds no usable GPU"
    except ImportError as error:
        reason = f"CuPy is not installed ({error})"
    if device == "gpu":
        raise ResourceError(
            f"the GPU was asked for, but {reason}",
            hint="Run `script/setup --gpu`, check the driver with `wakesmith doctor`, or use --device cpu.",
            code="no_gpu",
        )
    _LOG.info("array module: NumPy; %s", reason)
    return NUMPY
