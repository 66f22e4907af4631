"""What a check of a CDM may have found."""

from analytics.quality import Finding


def finding(check_id: str = "person.rule", **more) -> Finding:
    """A breach of five rows in a hundred, but for what is said otherwise."""
    kind = {
        "table": "person",
        "column": None,
        "rule": "People are people.",
        "severity": "row",
        "status": "breached",
        "message": "person: 5 of 100 rows",
        "n_violated": 5,
        "n_rows": 100,
        "examples": ("4711", "4712"),
    }
    return Finding(check_id=check_id, **(kind | more))
