"""The list of rules in words gains those of a definition, and keeps what a person wrote."""

from analytics.phenotypes.rule_list import with_rules

RULES = """\
cohort_name,rule_number,rule,built_from
adult_year,1,"1 January, observed",
discharge,1,A stay,admission
"""


def test_rules_stand_by_cohort_and_number_from_one():
    text = with_rules(RULES, {"b": ("found", "observed, for a year")})

    assert text == RULES.replace("discharge", 'b,1,found,\nb,2,"observed, for a year",\ndischarge')
    assert with_rules(text, {"b": ("found", "observed, for a year")}) == text


def test_the_rules_of_a_definition_take_the_place_of_those_it_had():
    before = with_rules(RULES, {"b": ("found", "observed", "adult")})

    assert with_rules(before, {"b": ("found", "observed")}) == with_rules(
        RULES, {"b": ("found", "observed")}
    )


def test_the_first_rules_of_a_project_open_the_list():
    assert with_rules("", {"b": ("found",)}).splitlines() == [
        "cohort_name,rule_number,rule,built_from",
        "b,1,found,",
    ]


def test_no_word_of_a_rule_is_taken_for_jinja():
    assert "{ { x }}" in with_rules("", {"b": ("{{ x }}",)})
