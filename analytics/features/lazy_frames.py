"""What a definition is given and gives back: a lazy frame of whichever engine runs it."""

import narwhals as nw
from narwhals.typing import IntoLazyFrame

AnyLazyFrame = nw.LazyFrame[IntoLazyFrame]
