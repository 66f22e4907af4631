"""How FeatureExtraction forms covariate ids. An id that would leave 64 bits is null: its analysis
is refused by name afterwards, and the rest goes on."""

import narwhals as nw

LARGEST = 2**63 - 1
MULTIPLIER = 2_654_435_769  # Knuth's, in FeatureExtraction's hash of a concept and its answer


def plain_id(concept: nw.Expr, analysis_id: nw.Expr) -> nw.Expr:
    """`concept * 1000 + analysis`."""
    return _scaled(concept, 1000) + analysis_id


def value_id(concept: nw.Expr, unit: nw.Expr, analysis_id: nw.Expr) -> nw.Expr:
    """`concept * 1000000 + (unit modulo 1000) * 1000 + analysis`: units can clash."""
    return _scaled(concept, 1_000_000) + _modulo(unit, 1000) * 1000 + analysis_id


def range_id(concept: nw.Expr, group: nw.Expr, analysis_id: nw.Expr) -> nw.Expr:
    """`concept * 10000 + group * 1000 + analysis`."""
    return _scaled(concept, 10_000) + group * 1000 + analysis_id


def answer_id(concept: nw.Expr, answer: nw.Expr, analysis_id: nw.Expr) -> nw.Expr:
    """A hash of a concept and its answer, as FeatureExtraction's SQL computes it on DuckDB.

    20 bits of the concept and 22 of the answer, each from a product that is rounded to double,
    divided, and rounded half to even. Other databases truncate, and have other ids.
    """
    upper = _modulo(_hashed(concept, 4096), 1 << 20)
    lower = _modulo(_hashed(answer, 1024), 1 << 22)
    return upper * 4_194_304_000 + lower * 1000 + analysis_id


def _scaled(concept: nw.Expr, factor: int) -> nw.Expr:
    limit = LARGEST // factor - 1
    return nw.when(concept.is_between(-limit, limit)).then(concept) * factor


def _modulo(number: nw.Expr, divisor: int) -> nw.Expr:
    """Never negative, whichever way an engine's own remainder goes."""
    return (number % divisor + divisor) % divisor


def _hashed(concept: nw.Expr, divisor: int) -> nw.Expr:
    quotient = _scaled(concept, MULTIPLIER).cast(nw.Float64) / float(divisor)
    below = quotient.floor()
    rest = quotient - below
    whole = below.cast(nw.Int64)
    goes_up = (rest > 0.5) | ((rest == 0.5) & (whole % 2 != 0))
    return whole + nw.when(goes_up).then(nw.lit(1)).otherwise(nw.lit(0))
