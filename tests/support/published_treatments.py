"""The made-up marts of a pathway study: 920 people, 190 of them without treatment."""

import polars as pl

PATHS = "diabetes_treatment"
TOTAL = 920
PEOPLE = {
    "metformin": 310,
    "None": 190,
    "metformin-sulfonylurea": 96,
    "metformin-metformin+sulfonylurea": 74,
    "metformin-insulin": 62,
    "insulin": 55,
    "sulfonylurea": 31,
    "metformin-sulfonylurea-insulin": 28,
    "metformin-metformin+sulfonylurea-insulin": 21,
    "sulfonylurea-metformin": 18,
    "dpp4_inhibitor": 15,
    "insulin-metformin": None,
    "Other pathways": None,
}
GROUPS = {"Female": 500, "Male": 420}
FIRST_LINE = {"metformin": 591, "insulin": 66, "sulfonylurea": 49, "dpp4_inhibitor": None}
WHAT_FOLLOWS = {
    "stops": 0.2,
    "goes on": 0.3,
    "adds": 0.15,
    "switches": 0.35,
    "ends": 0.5,
    "moves on": 0.5,
}


def treatment_marts() -> dict[str, pl.DataFrame]:
    """Each mart of treatments, in the columns of its contract."""
    return {
        "treatment_pathway": _pathways(),
        "treatment_pathway_by_group": _pathways_by_group(),
        "treatment_line": _lines(),
        "treatment_duration": _durations(),
        "treatment_persistence": _persistence(),
        "treatment_days_covered": _days_covered(),
        "pathway_event": _events(),
    }


def _of_study(rows: list[dict[str, object]]) -> pl.DataFrame:
    of = {"study": PATHS, "compat": "clean", "target_cohort": "type_2_diabetes"}
    return pl.DataFrame([{**of, **row} for row in rows], infer_schema_length=None)


def _share(n_people: int | None, total: int | None) -> float | None:
    return n_people / total if n_people is not None and total else None


def _pathways() -> pl.DataFrame:
    return _of_study(
        [
            {
                "pathway": pathway,
                "n_steps": None
                if pathway == "Other pathways"
                else 0
                if pathway == "None"
                else len(pathway.split("-")),
                "n_people": n_people,
                "n_people_total": TOTAL,
                "share": _share(n_people, TOTAL),
                "counted_in": "",
                "is_suppressed": n_people is None,
            }
            for pathway, n_people in PEOPLE.items()
        ]
    )


def _pathways_by_group() -> pl.DataFrame:
    groups = [("overall", "Everyone", TOTAL), *(("sex", *group) for group in GROUPS.items())]
    return _of_study(
        [
            {
                "attribute": attribute,
                "group_name": group,
                "pathway": pathway,
                "n_people": (found := _part(n_people, total)),
                "n_people_total": total,
                "share": _share(found, total),
                "is_suppressed": found is None,
            }
            for attribute, group, total in groups
            for pathway, n_people in PEOPLE.items()
        ]
    )


def _part(n_people: int | None, total: int) -> int | None:
    """A group's part of the people of a pathway; few of them are withheld."""
    part = None if n_people is None else n_people * total // TOTAL
    return None if part is None or part < 11 else part


def _lines() -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    second = {"sulfonylurea": 142, "metformin+sulfonylurea": 95, "insulin": 62}
    for line, reached, of, found in ((1, 730, TOTAL, FIRST_LINE), (2, 299, 730, second)):
        treatments = {"Any treatment": reached, **found}
        for treatment, n_people in treatments.items():
            is_any = treatment == "Any treatment"
            total = of if is_any else reached
            rows.append(_line(line, treatment, "starts", n_people, total))
            rows += [
                _line(line, treatment, what, _rounded(n_people, share), n_people)
                for what, share in WHAT_FOLLOWS.items()
            ]
    return _of_study(rows)


def _rounded(n_people: int | None, share: float) -> int | None:
    return None if n_people is None else round(n_people * share)


def _line(
    line: int, treatment: str, what: str, n_people: int | None, total: int | None
) -> dict[str, object]:
    return {
        "line_number": line,
        "treatment": treatment,
        "what_follows": what,
        "n_people": n_people,
        "n_people_total": total,
        "share": _share(n_people, total),
        "is_any_treatment": treatment == "Any treatment",
        "counted_as": f"line {line} {treatment} {what}",
        "sums_to": "" if what == "starts" else f"line {line} {treatment} starts",
        "share_of": "",
        "taken_in": "",
        "is_suppressed": n_people is None or total is None,
    }


def _durations() -> pl.DataFrame:
    return _of_study(
        [
            {
                "measure": measure,
                "line_number": line,
                "treatment": treatment,
                "n_people": n_people,
                "days_mean": None if n_people is None else days + 20,
                "days_q1": None if n_people is None else days - 40,
                "days_median": None if n_people is None else days,
                "days_q3": None if n_people is None else days + 90,
                "counted_as": "",
                "is_suppressed": n_people is None,
            }
            for measure, days in (("days on treatment", 210), ("days to next line", 130))
            for line in (0, 1)
            for treatment, n_people in FIRST_LINE.items()
        ]
    )


def _persistence() -> pl.DataFrame:
    left = {0: 1.0, 90: 0.8, 180: 0.6, 365: 0.4}
    return _of_study(
        [
            {
                "line_number": 1,
                "treatment": treatment,
                "days_after_start": day,
                "n_people_followed": n_people,
                "n_people_persistent": _rounded(n_people, share),
                "share_persistent": None if n_people is None else share,
                "counted_as": "",
                "is_suppressed": n_people is None,
            }
            for treatment, n_people in FIRST_LINE.items()
            for day, share in left.items()
        ]
    )


def _days_covered() -> pl.DataFrame:
    return _of_study(
        [
            {
                "line_number": 1,
                "treatment": treatment,
                "period_days": 365,
                "n_people": n_people,
                "n_people_well_covered": _rounded(n_people, 0.5),
                "share_well_covered": None if n_people is None else 0.5,
                "covered_mean": None if n_people is None else 0.71,
                "covered_median": None if n_people is None else 0.79,
                "counted_as": "",
                "is_suppressed": n_people is None,
            }
            for treatment, n_people in FIRST_LINE.items()
        ]
    )


def _events() -> pl.DataFrame:
    events = ("metformin", "sulfonylurea", "dpp4_inhibitor", "insulin")
    return pl.DataFrame(
        {
            "study": PATHS,
            "event_number": number,
            "event": event,
            "source": "built_drug_era",
            "made_of": event,
        }
        for number, event in enumerate(events, start=1)
    )
