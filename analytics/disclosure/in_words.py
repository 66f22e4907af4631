"""Counts as the terminal and a run's own files say them: small ones are not told."""


def count_in_words(n: int, smallest_cell: int) -> str:
    """`2,630`; `fewer than 11` for a count that is not shown anywhere; 0 is told."""
    if 0 < n < smallest_cell:
        return f"fewer than {smallest_cell}"
    return f"{n:,}"
