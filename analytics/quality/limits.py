"""Where a study stops: when more than a share of the rows breaks a check."""


def is_past(share: float | None, limit_share: float | None) -> bool:
    """Whether the share of breaking rows is past the limit; exactly on it is not."""
    return share is not None and limit_share is not None and share > limit_share
