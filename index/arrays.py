"""Arrays: the one kind of number array that passes between files."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# The length of every vector: that of the embedding model's token vectors.
DIMENSIONS = 384
