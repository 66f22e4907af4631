"""The pictures of the simulator's docs page: a simulated CDM in, a figure out."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import plotly.graph_objects as go
import polars as pl
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from dashboards.palette import ALARM, EVENT_COLOURS, FAINT, INK, LINE, PRIMARY, QUIET, SURFACE
from tests.support.epidemiology import FEMALE, MALE, Epidemiology, published_figures
from tests.support.simulated_people import Simulated

Curve = NDArray[np.float64]
SHOWN = (
    "hypertension",
    "type 2 diabetes",
    "arthritis",
    "coronary disease",
    "heart failure",
    "dementia",
)
CELECOXIB, DICLOFENAC = (1118084,), (1124300, 40162359)
ULCER, HAEMORRHAGE, DAYS_AT_RISK = 4027663, 192671, 365


def age_pyramid(simulated: Simulated) -> go.Figure:
    """How many women and men there are by five-year band of age, on the last day of 2021."""
    people = Epidemiology(simulated).people.with_columns((pl.col("age") // 5 * 5).alias("band"))
    figure = go.Figure()
    for sex, name, sign, colour in (
        (FEMALE, "women", -1, EVENT_COLOURS[1]),
        (MALE, "men", 1, EVENT_COLOURS[0]),
    ):
        counts = people.filter(pl.col("sex") == sex).group_by("band").len().sort("band")
        share = counts["len"] / people.height * 100 * sign
        figure.add_bar(
            x=share, y=counts["band"], orientation="h", name=name, marker_color=colour, width=4.4
        )
    shown = [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(
        title="percent of people", tickvals=shown, ticktext=[str(abs(x)) for x in shown]
    )
    figure.update_yaxes(title="age in years (five-year bands)", dtick=10)
    return _plain(figure, f"Age and sex of {people.height:,} people observed on 31 December 2021")


def prevalence(epidemiology: Epidemiology) -> go.Figure:
    """How many have each disease by age (lines), and what was published (bars over its ages)."""
    people = epidemiology.people
    figure = make_subplots(
        rows=2, cols=3, subplot_titles=SHOWN, horizontal_spacing=0.07, vertical_spacing=0.16
    )
    for place, name in enumerate(SHOWN):
        at = {"row": place // 3 + 1, "col": place % 3 + 1}
        for sex, colour in ((FEMALE, EVENT_COLOURS[1]), (MALE, EVENT_COLOURS[0])):
            grown = people.filter((pl.col("sex") == sex) & pl.col("age").is_between(20, 94))
            curve = (
                grown.group_by((pl.col("age") // 5 * 5 + 2).alias("age"))
                .agg(pl.col(name).mean())
                .sort("age")
            )
            figure.add_scatter(
                x=curve["age"],
                y=curve[name] * 100,
                mode="lines",
                line={"color": colour, "width": 1.8, "dash": "solid" if sex == MALE else "dot"},
                name="men, simulated" if sex == MALE else "women, simulated",
                showlegend=place == 0,
                **at,
            )
        first = True
        for published in published_figures():
            if published.measure != name or (published.to_age is None and published.from_age < 40):
                continue
            of_sex = {"all": INK, "male": EVENT_COLOURS[0], "female": EVENT_COLOURS[1]}
            figure.add_scatter(
                x=[published.from_age, (published.to_age or 94) + 1],
                y=[published.published * 100] * 2,
                mode="lines",
                line={"color": of_sex[published.sex], "width": 5},
                opacity=0.55,
                name="published (black: both sexes)",
                showlegend=place == 0 and first,
                **at,
            )
            first = False
    figure.update_yaxes(rangemode="tozero", ticksuffix=" %")
    for column in (1, 2, 3):
        figure.update_xaxes(title="age", row=2, col=column)
    return _plain(figure, "Prevalence by age: simulated people beside published figures")


def timelines(simulated: Simulated, n_people: int = 6) -> go.Figure:
    """A few people's six years: observed time, stays, visits, medicines, first diagnoses."""
    person = _people_with_much_to_tell(simulated, n_people)
    figure = go.Figure()
    row_of = {one: n_people - place for place, one in enumerate(person)}

    def rows(name: str) -> pl.DataFrame:
        return simulated.table(name).filter(pl.col("person_id").is_in(person))

    def bars(
        frame: pl.DataFrame, start: str, end: str, name: str, colour: str, up: float, w: int
    ) -> None:
        x: list[date | None] = []
        y: list[float | None] = []
        for one, first, last in frame.select("person_id", start, end).iter_rows():
            x += [first, last, None]
            y += [row_of[one] + up] * 2 + [None]
        figure.add_scatter(x=x, y=y, mode="lines", line={"color": colour, "width": w}, name=name)

    def marks(
        frame: pl.DataFrame, day: str, name: str, colour: str, symbol: str, up: float, size: int
    ) -> None:
        figure.add_scatter(
            x=frame[day],
            y=[row_of[one] + up for one in frame["person_id"]],
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": size},
            name=name,
        )

    visits = rows("visit_occurrence")
    periods = ("observation_period_start_date", "observation_period_end_date")
    bars(rows("observation_period"), *periods, "observed", LINE, 0, 16)
    eras = ("drug_era_start_date", "drug_era_end_date")
    bars(rows("drug_era"), *eras, "on a medicine", EVENT_COLOURS[6], -0.22, 3)
    clinic = visits.filter(pl.col("visit_concept_id") == 9202)
    marks(clinic, "visit_start_date", "clinic visit", QUIET, "line-ns-open", 0, 9)
    urgent = visits.filter(pl.col("visit_concept_id") == 9203)
    marks(urgent, "visit_start_date", "emergency", EVENT_COLOURS[2], "triangle-up", 0, 8)
    stays = visits.filter(pl.col("visit_concept_id") == 9201)
    bars(stays, "visit_start_date", "visit_end_date", "hospital stay", ALARM, 0, 16)
    first = _first_diagnoses(simulated, person)
    marks(first, "day", "first diagnosis", PRIMARY, "diamond", 0.26, 8)
    for one, day, name in first.select("person_id", "day", "concept_name").iter_rows():
        figure.add_annotation(
            x=day, y=row_of[one] + 0.4, text=name, showarrow=False, font={"size": 9, "color": INK}
        )
    marks(rows("death"), "death_date", "death", INK, "x", 0, 10)
    figure.update_yaxes(
        tickvals=list(row_of.values()),
        ticktext=[_who(simulated, one) for one in row_of],
        range=[0.5, n_people + 0.75],
    )
    figure.update_xaxes(range=[date(2018, 12, 1), date(2025, 1, 31)])
    return _plain(figure, f"{n_people} simulated people (nobody here is or was alive)")


def planted_and_recovered(simulated: Simulated) -> go.Figure:
    """Haemorrhages after a first NSAID: as planted, and by Kaplan-Meier from the records.

    Planted: the mean risk if everybody took the drug, spread over the year as the simulator
    spreads it. Crude: Kaplan-Meier among those who took it. By ulcer: the same in people with and
    without a recorded ulcer, weighed as they occur among all.
    """
    truth = pl.read_parquet(simulated.cdm.folder / "truth" / "treatment.parquet")
    users = _recorded_users(simulated)
    days = np.arange(DAYS_AT_RISK + 1)
    spread = (days / DAYS_AT_RISK) ** (2 / 3)
    figure = go.Figure()
    for drug, colour in (("celecoxib", EVENT_COLOURS[0]), ("diclofenac", ALARM)):
        took = users.filter(pl.col("drug") == drug)
        planted = truth[f"risk_on_{drug}"].to_numpy().mean() * spread
        for values, name, dash, width in (
            (planted, "planted", "solid", 5.0),
            (incidence(took), "crude", "dot", 1.8),
            (_weighed_by_ulcer(took, users), "weighed by ulcer", "dash", 1.8),
        ):
            figure.add_scatter(
                x=days,
                y=np.asarray(values) * 100,
                mode="lines",
                line={"color": colour, "dash": dash, "width": width},
                opacity=0.35 if name == "planted" else 1.0,
                name=f"{drug}, {name}",
            )
    figure.update_xaxes(title="days since the first celecoxib or diclofenac")
    figure.update_yaxes(title="had a gastrointestinal haemorrhage", ticksuffix=" %")
    title = "Planted and recovered (profile confounded): ulcers steer the choice of the drug"
    return _plain(figure, title)


def incidence(users: pl.DataFrame) -> Curve:
    """One less Kaplan-Meier's survival on days 0 to 365 (`days`, `has_event` of each user)."""
    survival, alive = np.ones(DAYS_AT_RISK + 1), 1.0
    days, events = users["days"].to_numpy(), users["has_event"].to_numpy()
    for day in range(1, DAYS_AT_RISK + 1):
        at_risk = int((days >= day).sum())
        if at_risk:
            alive *= 1 - int(((days == day) & events).sum()) / at_risk
        survival[day] = alive
    return 1 - survival


def _weighed_by_ulcer(took: pl.DataFrame, users: pl.DataFrame) -> Curve:
    """The incidence in people with and without a recorded ulcer, weighed as among all users."""
    share = users["had_ulcer"].to_numpy().mean()
    with_ulcer = incidence(took.filter(pl.col("had_ulcer")))
    return share * with_ulcer + (1 - share) * incidence(took.filter(~pl.col("had_ulcer")))


def _recorded_users(simulated: Simulated) -> pl.DataFrame:
    """One row for each new user in the records: `drug`, `had_ulcer`, `days`, `has_event`."""
    first = (
        simulated.table("drug_exposure")
        .filter(pl.col("drug_concept_id").is_in(CELECOXIB + DICLOFENAC))
        .sort("drug_exposure_start_date", "drug_exposure_id")
        .group_by("person_id", maintain_order=True)
        .first()
        .select(
            "person_id",
            pl.col("drug_exposure_start_date").alias("index"),
            pl.when(pl.col("drug_concept_id").is_in(CELECOXIB))
            .then(pl.lit("celecoxib"))
            .otherwise(pl.lit("diclofenac"))
            .alias("drug"),
        )
    )
    conditions = simulated.table("condition_occurrence").select(
        "person_id", "condition_concept_id", pl.col("condition_start_date").alias("day")
    )
    ulcers = first.join(
        conditions.filter(pl.col("condition_concept_id") == ULCER), on="person_id"
    ).filter(pl.col("day") < pl.col("index"))
    bleeds = (
        first.join(conditions.filter(pl.col("condition_concept_id") == HAEMORRHAGE), on="person_id")
        .filter(pl.col("day") > pl.col("index"))
        .group_by("person_id")
        .agg(pl.col("day").min().alias("bleed"))
    )
    until = (
        first.join(simulated.table("observation_period"), on="person_id")
        .filter(
            pl.col("index").is_between(
                "observation_period_start_date", "observation_period_end_date"
            )
        )
        .select("person_id", pl.col("observation_period_end_date").alias("until"))
    )
    last = pl.min_horizontal("bleed", "until", pl.col("index").dt.offset_by("365d"))
    return (
        first.join(until, on="person_id")
        .join(bleeds, on="person_id", how="left")
        .with_columns(
            pl.col("person_id").is_in(ulcers["person_id"].implode()).alias("had_ulcer"),
            (last - pl.col("index")).dt.total_days().alias("days"),
            (pl.col("bleed") == last).fill_null(False).alias("has_event"),
        )
    )


def _people_with_much_to_tell(simulated: Simulated, n_people: int) -> list[int]:
    """The first few people of different ages with a stay, and with two or three diseases coded."""
    epidemiology = Epidemiology(simulated)
    stayed = epidemiology.stays["person_id"].unique()
    first = _first_diagnoses(simulated, simulated.table("person")["person_id"].to_list())
    # Apart, so that their names can be read.
    apart = pl.col("day").diff().dt.total_days().min().fill_null(0)
    told = (
        first.group_by("person_id")
        .agg(pl.len(), apart.alias("days_apart"))
        .filter(pl.col("len").is_between(2, 3) & (pl.col("days_apart") > 240))
    )
    chosen = epidemiology.people.filter(
        pl.col("person_id").is_in(stayed.implode())
        & pl.col("person_id").is_in(told["person_id"].implode())
        & (pl.col("age") >= 35)
    )
    # The oldest shall be one whose story ends.
    lives_on = ~pl.col("person_id").is_in(simulated.table("death")["person_id"].implode())
    chosen = chosen.sort((pl.col("age") >= 80) & lives_on, "person_id")
    bands = chosen.group_by(pl.col("age") // 9, maintain_order=True).first().head(n_people)
    return bands.sort("age")["person_id"].to_list()


def _first_diagnoses(simulated: Simulated, person: Sequence[int]) -> pl.DataFrame:
    """The day of each person's first record of each long-term disease, after the first year."""
    names = {
        320128: "hypertension",
        201826: "diabetes",
        316139: "heart failure",
        255573: "COPD",
        313217: "atrial fibrillation",
        317576: "coronary disease",
        46271022: "kidney disease",
        443392: "cancer",
        80180: "osteoarthritis",
    }
    return (
        simulated.table("condition_occurrence")
        .filter(
            pl.col("person_id").is_in(list(person))
            & pl.col("condition_concept_id").is_in(list(names))
        )
        .group_by("person_id", "condition_concept_id")
        .agg(pl.col("condition_start_date").min().alias("day"))
        .filter(pl.col("day") > date(2019, 9, 1))
        .with_columns(pl.col("condition_concept_id").replace_strict(names).alias("concept_name"))
        .sort("person_id", "day", "condition_concept_id")
    )


def _who(simulated: Simulated, person: int) -> str:
    row = simulated.table("person").row(by_predicate=pl.col("person_id") == person, named=True)
    sex = {FEMALE: "woman", MALE: "man"}.get(row["gender_concept_id"], "person")
    return f"{sex}, born {row['year_of_birth']}"


def _plain(figure: go.Figure, title: str) -> go.Figure:
    """The look of the dashboard."""
    figure.update_layout(
        title={"text": title, "font": {"size": 16, "color": INK}, "x": 0.02},
        font={"family": "sans-serif", "size": 11, "color": INK},
        paper_bgcolor=SURFACE,
        plot_bgcolor=SURFACE,
        legend={"orientation": "h", "y": -0.13},
        margin={"l": 60, "r": 20, "t": 60, "b": 80},
    )
    figure.update_xaxes(gridcolor=FAINT, linecolor=LINE, zeroline=False)
    figure.update_yaxes(gridcolor=FAINT, linecolor=LINE, zeroline=False)
    return figure
