"""Notes about a few people, and what a machine read in them: `note` and `note_nlp`."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import OUTPATIENT, Visits
from analytics.simulator.records.events import days_to_dates
from analytics.simulator.world import World

OUTPATIENT_NOTE, MENTAL_HEALTH_NOTE = 32834, 46235010
UTF_8, ENGLISH = 32678, 4180186
READER = "Catchment simulator"
_SHARE_OF_PEOPLE, _SHARE_OF_VISITS = 0.05, 0.3


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of a note: the chance of it, the words found in it, and what they say."""

    text: str
    words: str
    concept: int
    chance: float
    is_so: bool = True


SENTENCES = (
    Sentence(text="Low mood for months.", words="Low mood", concept=440383, chance=1.0),
    Sentence(text="Sleeps badly: insomnia.", words="insomnia", concept=436962, chance=0.5),
    Sentence(text="Complains of fatigue.", words="fatigue", concept=4223659, chance=0.4),
    Sentence(text="Anxiety disorder known.", words="Anxiety", concept=442077, chance=0.3),
    Sentence(
        text="No sign of dementia.", words="dementia", concept=4182210, chance=0.25, is_so=False
    ),
    Sentence(
        text="Denies abdominal pain.",
        words="abdominal pain",
        concept=200219,
        chance=0.2,
        is_so=False,
    ),
)


def notes(lives: Lives, visits: Visits, world: World) -> dict[str, pl.DataFrame]:
    """The tables `note` (one row for each note) and `note_nlp` (one for each finding in one).

    Notes are of people with depression, from some of their visits to the surgery.
    """
    draws, people = world.draws, lives.people
    has_notes = draws.happens("has notes", people.person_id, _SHARE_OF_PEOPLE)
    is_seen = (visits.kind == OUTPATIENT) & has_notes[visits.person]
    row = np.flatnonzero(is_seen)
    row = row[lives.onsets.present_on("depression", visits.person[row], visits.start[row])]
    person_id, number = people.person_id[visits.person[row]], visits.number[row]
    row = row[draws.happens("is noted", person_id, _SHARE_OF_VISITS, number)]
    person_id, number = people.person_id[visits.person[row]], visits.number[row]
    texts = np.full(len(row), "Mental health visit.", dtype=object)
    found = []
    for position, sentence in enumerate(SENTENCES):
        said = draws.happens(f"sentence {position}", person_id, sentence.chance, number)
        note = np.flatnonzero(said)
        at = np.array([len(text) + 1 for text in texts[note]], dtype=np.int64)
        found.append((note, np.full(len(note), position), at + sentence.text.index(sentence.words)))
        texts[note] = texts[note] + f" {sentence.text}"
    day = days_to_dates(visits.start[row])
    note_table = pl.DataFrame(
        {
            "person_id": person_id,
            "note_date": day,
            "note_text": pl.Series(texts.tolist(), dtype=pl.String),
            "provider_id": visits.provider_id[row],
            "visit_occurrence_id": row + 1,
        }
    ).with_columns(
        pl.lit(OUTPATIENT_NOTE).alias("note_type_concept_id"),
        pl.lit(MENTAL_HEALTH_NOTE).alias("note_class_concept_id"),
        pl.lit("Mental health visit").alias("note_title"),
        pl.lit(UTF_8).alias("encoding_concept_id"),
        pl.lit(ENGLISH).alias("language_concept_id"),
    )
    in_note, kind, offset = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((kind, in_note))
    in_note, kind, offset = in_note[order], kind[order], offset[order]
    sentences = [SENTENCES[at] for at in kind.tolist()]
    read = pl.DataFrame(
        {
            "note_id": in_note + 1,
            "snippet": pl.Series([s.text for s in sentences], dtype=pl.String),
            "offset": pl.Series(offset).cast(pl.String),
            "lexical_variant": pl.Series([s.words for s in sentences], dtype=pl.String),
            "note_nlp_concept_id": np.array([s.concept for s in sentences], dtype=np.int64),
            "nlp_date": day.gather(in_note),
            "term_exists": pl.Series(["Y" if s.is_so else "N" for s in sentences], dtype=pl.String),
        }
    ).with_columns(pl.lit(READER).alias("nlp_system"))
    return {"note": note_table, "note_nlp": read}
