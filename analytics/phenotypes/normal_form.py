"""A definition in one agreed form, so that equal definitions are equal text and equal hashes.

Attributes come in a fixed order under Circe's names; defaults are written out; what is not given
(null, an empty list) is left out. Lists keep their order, because a rule's place is part of it.
"""

import json
from hashlib import sha256

from analytics.phenotypes.expression import CohortExpression, ConceptSet


def normalised_json(expression: CohortExpression) -> str:
    """The definition as Circe JSON in its agreed form, ending in a line break."""
    written = expression.model_dump(mode="json", by_alias=True)
    return json.dumps(written, indent=2, ensure_ascii=False) + "\n"


def content_hash(expression: CohortExpression) -> str:
    """SHA-256 of the agreed form, in hexadecimal: it changes when anything in it changes."""
    return sha256(normalised_json(expression).encode()).hexdigest()


def concept_set_hash(concept_set: ConceptSet) -> str:
    """SHA-256 of what a concept set holds, in hexadecimal.

    Id and name of the set, order and repetition of its items do not count, nor does what is
    known of a concept besides its id and name: two sets with one hash are one seed.
    """
    rows = sorted(
        {
            (
                item.concept.concept_id,
                item.concept.concept_name or "",
                item.include_descendants,
                item.include_mapped,
                item.is_excluded,
            )
            for item in concept_set.items
        }
    )
    return sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
