"""The parts pages are made of: headers, cards, sections, charts, notes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from analytics.exports.risk_list import NOT_EFFECT
from analytics.settings import current_settings
from dashboards import answers, data, glossary, words
from dashboards.cards import Card
from dashboards.data import NothingToShow
from dashboards.palette import INK, QUIET, step_colours

FEW_PEOPLE = 25
# Streamlit has no setting for the width of its middle column (lines of 200 characters tire the eye)
# nor for its captions, whose grey is too light to read.
LOOK = f"""
<style>
  [data-testid="stCaptionContainer"] {{opacity: 1; color: {QUIET};}}
  [data-testid="stCaptionContainer"] p {{color: {QUIET};}}
  [data-testid="stCaptionContainer"] code {{color: {INK};}}
  [data-testid="stMainBlockContainer"] {{max-width: 1180px; padding: 3.2rem 2rem 3rem;}}
  [data-testid="stHeading"] h1 {{padding-top: 0;}}
  [data-testid="stMetricLabel"] p {{font-size: 0.86rem;}}
  .answer {{font-size: 1.12rem; line-height: 1.6; max-width: 62rem; margin: 0.1rem 0 0.9rem 0;}}
  .kicker {{font-size: 0.8rem; letter-spacing: .06em; text-transform: uppercase; opacity: .65;}}
  .chip {{display: inline-flex; align-items: center; margin: 0 1.1rem .3rem 0; font-size: .88rem;}}
  .chip i {{width: .85rem; height: .85rem; border-radius: .2rem; margin-right: .4rem;}}
  .footer {{font-size: 0.82rem; opacity: .72; line-height: 1.55; margin-top: 0.6rem;}}
</style>
"""


def definition_in_words(described: str) -> None:
    """What a model says of itself; the words of a definition are long, so its rules are folded."""
    st.markdown(words.what_it_is(described))
    _, _, rules = described.partition("\n\n")
    if rules:
        with st.expander("Its rules in words", icon=":material/rule:"):
            st.markdown(rules)


def header(question: str, answer: str, *, study: str | None = None) -> None:
    """The page's question, and one sentence that answers it with numbers."""
    if study is not None:
        st.html(f"<div class='kicker'>{_escaped(words.study_words(study).title)}</div>")
    st.title(question, anchor=False)
    st.html(f"<p class='answer'>{_escaped(answer)}</p>")


def show_cards(shown: Sequence[Card]) -> None:
    """Numbers side by side."""
    for column, card in zip(st.columns(len(shown)), shown, strict=True):
        column.metric(
            card.label,
            card.value,
            delta=card.note,
            delta_color="off",
            delta_arrow="off",
            help=card.help,
            border=True,
            height="stretch",
        )


@contextmanager
def section(title: str, explanation: str = "") -> Iterator[None]:
    """A part of a page; where it has nothing to show it says so and the page goes on."""
    st.subheader(title, anchor=False)
    if explanation:
        st.caption(explanation)
    try:
        yield
    except NothingToShow as nothing:
        empty(nothing)


@contextmanager
def folded(title: str, explanation: str = "", *, icon: str) -> Iterator[None]:
    """A part of a page that opens when it is asked for."""
    with st.expander(title, icon=f":material/{icon}:"):
        if explanation:
            st.caption(explanation)
        try:
            yield
        except NothingToShow as nothing:
            empty(nothing)


def any_rows(rows: pl.DataFrame, otherwise: str) -> bool:
    """Whether there are rows; where there are none, say so in a sentence."""
    if rows.is_empty():
        st.info(otherwise, icon=":material/info:")
    return not rows.is_empty()


def sentences(lines: Sequence[str]) -> None:
    """One line for each sentence."""
    st.markdown("\n".join(f"- {_plain(line)}" for line in lines))


def said(sentence: str) -> None:
    """One sentence of its own."""
    st.markdown(_plain(sentence))


def empty(nothing: NothingToShow) -> None:
    """The sentence of an empty state."""
    st.info(str(nothing), icon=":material/info:")


def withheld_note() -> None:
    """Say in the sidebar how many studies are withheld, and which page says why."""
    if withheld := data.withheld():
        n = len(withheld)
        st.sidebar.warning(
            f"{n} {'study is' if n == 1 else 'studies are'} withheld. The page Data quality says "
            "why, and what to do.",
            icon=":material/block:",
        )


def withheld_studies() -> None:
    """Say of each study that is withheld why, and what to do."""
    for study, why in data.withheld().items():
        st.warning(
            f"**{words.study_words(study).title}** is withheld: {_plain(why)}",
            icon=":material/block:",
        )


def chart(figure: go.Figure, *, alt: str) -> None:
    """A figure across the page; `alt` says what it shows to those who cannot see it."""
    st.plotly_chart(figure, width="stretch", theme=None, config={"displayModeBar": False}, alt=alt)


def person_card(person: Mapping[str, object]) -> None:
    """One person: the risk in words, every reason, and the dates that matter."""
    reasons = [str(person[f"reason_{place}"]) for place in range(1, 6) if person[f"reason_{place}"]]
    site = person["care_site_id"]
    who = f"{person['sex']}, {person['age']}" + (f", care site {site}" if site is not None else "")
    with st.container(border=True):
        st.markdown(f"**Person {person['person_id']}** · {who}")
        st.markdown(f"**{words.ended(str(person['risk_in_words']))}**")
        st.markdown(
            "\n".join(f"- {_plain(reason)}" for reason in reasons) or "No reason stands out."
        )
        st.caption(
            f"Risk counts from {person['index_date']:%-d %b %Y}; data up to "
            f"{person['as_of_date']:%-d %b %Y}. Choose a row above to see another person."
        )


def rests_on(study: str) -> None:
    """Say how many people with the outcome the evaluation rests on, and warn when they are few."""
    try:
        n_people = data.people_with_outcome_evaluated(study)
    except NothingToShow:
        st.markdown(":material/group: No evaluation of a model was published for this study.")
        return
    sentence = answers.rests_on(n_people)
    if n_people is None or n_people < FEW_PEOPLE:
        st.warning(
            f"**{sentence}** Fewer than {FEW_PEOPLE} are too few to judge a model or a group by: "
            "read every number here with its interval.",
            icon=":material/group:",
        )
    else:
        st.markdown(f":material/group: **{sentence}**")


def blind_spot(study: str) -> None:
    """Say what an audit of this study cannot see; loudly, where that hides a whole bias."""
    blind = words.study_words(study).blind_spot
    if blind.hides_under_recording:
        st.warning(
            f"**What this audit cannot see.** {blind.words}", icon=":material/visibility_off:"
        )
    else:
        st.info(f"**What this audit sees.** {blind.words}", icon=":material/visibility:")


def small_cells_note(*frames: pl.DataFrame) -> None:
    """Say how many rows are withheld because their cells are small."""
    withheld = sum(
        int(frame["is_suppressed"].sum()) for frame in frames if "is_suppressed" in frame.columns
    )
    if withheld:
        st.caption(
            f":material/visibility_off: {withheld} {'row is' if withheld == 1 else 'rows are'} "
            f"suppressed: a count in them is below {current_settings().smallest_cell} people, "
            "or would reveal one that is."
        )


def colour_key(colours: Mapping[str, str], steps: Sequence[str]) -> None:
    """Which colour stands for which treatment on every page; stripes stand for a combination."""
    chips = "".join(
        f"<span class='chip'><i style='background:{_swatch(step_colours(colours, step))}'></i>"
        f"{_escaped(words.step(step))}</span>"
        for step in steps
    )
    st.html(f"<div class='key'>{chips}</div>")


def _swatch(colours: Sequence[str]) -> str:
    if len(colours) == 1:
        return colours[0]
    stripes = [f"{colour} {3 * place}px {3 * place + 3}px" for place, colour in enumerate(colours)]
    return f"repeating-linear-gradient(135deg, {', '.join(stripes)})"


def terms(*names: str) -> None:
    """Definitions of the words on this page, from the glossary; nothing where it has none."""
    defined = [(name, text) for name in names if (text := glossary.definition(name))]
    if defined:
        with st.expander("Words on this page", icon=":material/menu_book:"):
            st.markdown(
                "\n\n".join(f"**{words.sentence_case(name)}.** {text}" for name, text in defined)
            )


def footer(rows: pl.DataFrame | None = None, *, caution: str = NOT_EFFECT) -> None:
    """What the numbers are not, model and run ids, and when the last run ended."""
    parts = [caution]
    for column, name in (("model_id", "Model"), ("run_id", "Run")):
        if rows is not None and column in rows.columns:
            ids = rows[column].drop_nulls().unique(maintain_order=True).to_list()
            parts.append(f"{name} {words.listing(ids)}." if ids else "")
    if (ended := data.published_at()) is not None:
        parts.append(f"Last run finished {ended:%-d %b %Y, %H:%M} UTC.")
    if data.is_simulated():
        parts.append("These people are simulated: nobody here exists.")
    st.divider()
    st.html(f"<div class='footer'>{_escaped(' '.join(part for part in parts if part))}</div>")


def _plain(text: str) -> str:
    """Text of the CDM as it is: no markdown in it is followed."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|~$:<>" else sign for sign in text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
