"""What the reader can choose: each choice stands in the URL, under the key of its widget."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl
import streamlit as st

from dashboards import metrics, words
from dashboards.choosing import RiskFilters, age_bands_of, groups_of, models_of, path_attributes
from dashboards.data import NothingToShow


def study_picker(studies: Sequence[str], *, key: str = "study") -> str:
    """The study chosen in the sidebar, among those that have something to show here."""
    if not studies:
        raise NothingToShow(
            "No study has anything to show on this page yet. Run one first: `catchment run STUDY`."
        )
    _take_from_address(key, studies)
    chosen = st.sidebar.selectbox(
        "Study",
        list(studies),
        format_func=lambda name: words.study_words(name).title,
        key=key,
        persist_state="session",
    )
    return _put_in_address(key, chosen)


def cohort_picker(titles: Mapping[str, str]) -> str:
    """The cohort chosen in the sidebar by its title, in the URL as `cohort` by its name."""
    _take_from_address("cohort", list(titles))
    chosen = st.sidebar.selectbox(
        "Cohort",
        list(titles),
        format_func=lambda name: titles[name],
        key="cohort",
        persist_state="session",
    )
    return _put_in_address("cohort", chosen)


def metric_picker(names: Sequence[str]) -> str:
    """The metric to look at, in the URL as `metric`."""
    return _one_of("Metric", "metric", names, lambda name: metrics.metric(name).label)


def group_picker() -> str:
    """The attribute to group a cohort's people by, in the URL as `groups`."""
    return _one_of(
        "The same rules by", "groups", list(words.GROUPED_BY), words.GROUPED_BY.__getitem__
    )


def checks_by_picker() -> str:
    """What OHDSI's checks are counted by, in the URL as `checks`."""
    return _one_of("Count by", "checks", list(words.CHECKS_BY), words.CHECKS_BY.__getitem__)


def recorded_by_picker() -> str:
    """The attribute to compare the recording of people by, in the URL as `recorded`."""
    return _one_of("Compare by", "recorded", list(words.RECORDED_BY), words.RECORDED_BY.__getitem__)


def described_by_picker(attributes: Sequence[str]) -> str:
    """What the people of a study are grouped by, in the URL as `by`."""
    return _one_of("Compare", "by", attributes, words.DESCRIBED_BY.__getitem__)


def model_picker(rows: pl.DataFrame) -> str:
    """The model to look at, in the URL as `model`."""
    names = models_of(rows)
    _take_from_address("model", names)
    chosen = st.segmented_control(
        "Model",
        names,
        format_func=words.model,
        key="model",
        persist_state="session",
        required=True,
        label_visibility="collapsed",
    )
    return _put_in_address("model", chosen or names[0])


def risk_filters(people: pl.DataFrame) -> RiskFilters:
    """Which part of the list to see: capacity, sex, age and care site, all in the URL."""
    last = int(people["risk_rank"].to_list()[-1])
    n_flagged = people.filter(pl.col("is_flagged")).height
    sites = [str(site) for site in people["care_site_id"].drop_nulls().unique().sort().to_list()]
    with st.container(border=True):
        capacity = last
        if last > 1:
            capacity = st.slider(
                "How many people can the team contact?",
                min_value=1,
                max_value=last,
                value=min(last, max(1, n_flagged)),
                help=f"The list is cut after this place. The study itself flags {n_flagged:,}.",
                key="capacity",
                bind="query-params",
            )
        columns = st.columns(3)
        sexes = columns[0].multiselect(
            "Sex",
            words.ordered_groups("sex", people["sex"].to_list()),
            placeholder="Everyone",
            key="sex",
            bind="query-params",
        )
        bands = columns[1].multiselect(
            "Age", age_bands_of(people), placeholder="All ages", key="age", bind="query-params"
        )
        chosen_sites = columns[2].multiselect(
            "Care site", sites, placeholder="All care sites", key="site", bind="query-params"
        )
    return RiskFilters(
        capacity=capacity,
        sexes=tuple(sexes),
        age_bands=tuple(bands),
        care_sites=tuple(chosen_sites),
    )


def path_filters(by_group: pl.DataFrame) -> tuple[str, str]:
    """The attribute and the group whose paths are shown, in the URL as `by` and `group`."""
    attributes = path_attributes(by_group)
    left, right = st.columns([1, 1])
    _take_from_address("by", attributes)
    attribute = left.selectbox(
        "Show the paths of",
        attributes,
        format_func=lambda name: words.PATHS_BY[name],
        key="by",
        persist_state="session",
    )
    groups = groups_of(by_group, _put_in_address("by", attribute))
    _take_from_address("group", groups)
    group = right.selectbox(
        "Group", groups, key="group", persist_state="session", disabled=len(groups) == 1
    )
    return attribute, _put_in_address("group", group)


def line_picker(numbers: Sequence[int]) -> int:
    """The line of therapy to look at, in the URL as `line`."""
    names = [str(number) for number in numbers]
    _take_from_address("line", names)
    chosen = st.segmented_control(
        "Line of therapy",
        names,
        format_func=lambda number: f"Line {number}",
        key="line",
        persist_state="session",
        required=True,
    )
    return int(_put_in_address("line", chosen or names[0]))


def _one_of(label: str, key: str, names: Sequence[str], title: Callable[[str], str]) -> str:
    _take_from_address(key, names)
    chosen = st.selectbox(
        label, list(names), format_func=title, key=key, persist_state="session", width=420
    )
    return _put_in_address(key, chosen)


def _take_from_address(key: str, names: Sequence[str]) -> None:
    """Let the URL choose when it was changed from outside; otherwise what was chosen before stays.

    Streamlit's own binding would put the words of the screen in the URL, and a link must outlive
    a rewording.
    """
    asked = st.query_params.get(key)
    if asked in names and asked != st.session_state.get(f"{key} in the address"):
        st.session_state[key] = asked
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[0]


def _put_in_address(key: str, chosen: str) -> str:
    st.query_params[key] = chosen
    st.session_state[f"{key} in the address"] = chosen
    return chosen
