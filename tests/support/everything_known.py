"""All that a reader of a whole publication could know, stated from what the marts mean.

The study definitions are public, so a reader knows more than one mart says: what a group is a part
of, which people were judged, in which studies a person has one index date only, which threshold the
audit used, and what each rate is a rate of. Contracts and the rules of suppression are not
consulted, but for what is said of zeros: a withheld count of people of a group is at least 1, and
another withheld count is 0 only where nothing is told of its row, or where it is a part of a total
below twice the smallest cell, no part of which is ever told.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise

import polars as pl

from tests.support.characteristics_known import Characteristics
from tests.support.cohort_groups_known import CohortGroups
from tests.support.diagnostics_known import Diagnostics
from tests.support.known_groups import COUNTS, SMALLEST, Groups, Row
from tests.support.plainly_disclosure import Reader
from tests.support.recording_known import Recording
from tests.support.treatments_known import Treatments

TO_JUDGE = 25
ABOUT_NOBODY = frozenset(
    {
        *("cdm_source", "metadata", "care_site", "provider", "location"),
        *("concept", "concept_ancestor", "concept_class", "concept_relationship"),
        *("concept_synonym", "domain", "drug_strength", "relationship", "vocabulary"),
    }
)
"""Tables whose rows are nobody's, so that a small count of them is no count of people."""
Marts = Mapping[str, pl.DataFrame]

# Where a person is in one group only; of age bands and years a person may be in several.
FOR_LIFE = ("sex", "race", "ethnicity")
ONE_ROW_FOR_EACH_PERSON = ("gi_bleed_nsaid_1y",)
ONE_OUTCOME_FOR_EACH_PERSON = ("gi_bleed_nsaid_1y", "diabetes_onset_1y")
ONE_ROW_FOR_EACH_PERSON_AND_YEAR = ("diabetes_onset_1y",)
ONE_ROW_COHORTS = ("type_2_diabetes", "new_nsaid_user")
BUILT_FROM = {"inpatient_discharge": "inpatient_admission"}
ENTERED_ALIKE = {"inpatient_admission": "inpatient_visit"}
TARGETS = {
    "diabetes_onset_1y": ("adult_year", "type_2_diabetes"),
    "gi_bleed_nsaid_1y": ("new_nsaid_user", "gastrointestinal_haemorrhage"),
    "readmission_30d": ("inpatient_discharge", "inpatient_admission"),
}
PATHWAYS_OF = {
    "diabetes_treatment": "type_2_diabetes",
    "nsaid_treatment": "new_nsaid_user",
    "hospital_treatment": "inpatient_admission",
}
FLAGGED = {
    "R": "n_flagged_rows",
    "P": "n_flagged_people",
    "O": "n_flagged_outcomes",
    "W": "n_flagged_people_with_outcome",
}


def everything_known(truth: Marts, shown: Marts) -> Reader:
    """A reader who has read all the marts, with the truth of each count beside it."""
    world = _World(truth, shown)
    world.read_the_cdm()
    world.read_cohorts()
    world.read_diagnostics()
    for study in sorted(set(truth["study_attrition"]["study"].to_list())):
        world.read_study(study)
    world.read_verdicts_on_rules()
    world.read_pathways()
    world.read_recording()
    return world.reader


def small_counts(reader: Reader) -> list[str]:
    """The names of all counts of people or their rows that are truly 1 to 10."""
    return [
        name for name, place in reader.names.items() if 0 < (reader.truth[place] or 0) < SMALLEST
    ]


class _World(Groups):
    """Reads the marts one after the other."""

    def __init__(self, truth: Marts, shown: Marts) -> None:
        super().__init__()
        self.truth, self.shown = truth, shown
        self.cohorts: dict[str, str] = {}

    def rows(self, mart: str, **where: object) -> Iterable[tuple[Row, Row]]:
        """Each row of a mart as it is and as it is shown; none of one that was not published."""
        if mart not in self.truth:
            return
        for true, seen in zip(
            self.truth[mart].iter_rows(named=True),
            self.shown[mart].iter_rows(named=True),
            strict=True,
        ):
            if all(true[name] == value for name, value in where.items()):
                yield true, seen

    def read_the_cdm(self) -> None:
        """People of the CDM stand in the run log and in the checks of the table of people."""
        for true, seen in self.rows("run_log", study=""):
            self.count("cdm.P", true, seen, "n_people", at_least=1)
        tables: dict[str, str] = {}
        for number, (true, seen) in enumerate(self.rows("data_quality")):
            if true["n_rows"] is None or true["table_name"] in ABOUT_NOBODY:
                continue
            rows = self.count(
                "cdm.P" if true["table_name"] == "person" else f"table {true['table_name']}",
                *(true, seen, "n_rows"),
                at_least=1 if true["n_rows"] else 0,
            )
            broken = self.count(f"check {number}", true, seen, "n_violated")
            rest = self.hidden(f"check {number} kept", true["n_rows"] - true["n_violated"])
            self.reader.adds_up(rows, [broken, rest])
            self.rate(seen["share"], {broken: 1.0}, {rows: 1.0})
            tables[true["table_name"]] = rows
        if "death" in tables and "cdm.P" in self.reader.names:
            left = self.hidden("alive.P", self.true("cdm.P") - self.true(tables["death"]))
            self.reader.adds_up("cdm.P", [tables["death"], left])

    def read_cohorts(self) -> None:
        """Rules of a cohort in order; some cohorts are made of others."""
        last: dict[str, str] = {}
        first: dict[str, str] = {}
        for cohort in sorted(set(self.truth["cohort_attrition"]["cohort_name"].to_list())):
            rules = sorted(
                self.rows("cohort_attrition", cohort_name=cohort),
                key=lambda both: both[0]["rule_number"],
            )
            names = []
            for true, seen in rules:
                name = f"cohort {cohort} {true['rule_number']}"
                for letter in "RP":
                    at_least = 1 if true[COUNTS[letter]] else 0
                    self.count(f"{name}.{letter}", true, seen, COUNTS[letter], at_least=at_least)
                self.reader.is_at_most(f"{name}.P", f"{name}.R")
                if cohort in ONE_ROW_COHORTS:
                    self.same(name, f"{name}", "")
                    self.reader.adds_up(f"{name}.R", [f"{name}.P"])
                names.append(name)
            for before, after in pairwise(names):
                self.fewer(before, after)
            if "cdm.P" in self.reader.names:
                self.fewer_people("cdm", names[0])
            first[cohort], last[cohort] = names[0], names[-1]
        for cohort, source in BUILT_FROM.items():
            if cohort in first and source in last:
                self.fewer(last[source], first[cohort])
                self.same(first[cohort], last[source], "P")
        for cohort, other in ENTERED_ALIKE.items():
            if {cohort, other} <= set(first):
                self.same(first[cohort], first[other], "RP")
        self.cohorts = last

    def read_diagnostics(self) -> None:
        """Incidence and overlap of cohorts, what opens them, what their concept sets lack."""
        diagnostics = Diagnostics(self, self.cohorts)
        diagnostics.read_incidence(self.rows("cohort_incidence"))
        diagnostics.read_overlaps(self.rows("cohort_overlap"))
        diagnostics.read_index_events(self.rows("cohort_index_event"))
        diagnostics.read_orphans(self.rows("orphan_concept"))

    def read_recording(self) -> None:
        """What is recorded of whom; the people of a study are among those of the CDM."""
        Recording(self).read(self.rows("recording_by_group"))
        for name in list(self.reader.names):
            if name.startswith("recorded ") and name.count(".") == 1:
                attribute, _, group = (
                    name.removeprefix("recorded ").removesuffix(".P").partition(" ")
                )
                for study in TARGETS if attribute in FOR_LIFE else ():
                    part = f"{study} {attribute} {group}.P"
                    if part in self.reader.names:
                        self.reader.is_at_most(part, name)

    def read_verdicts_on_rules(self) -> None:
        """Who is left of each group by each rule: told roughly, and in words."""
        known = CohortGroups(self)
        known.read(self.rows("cohort_attrition_by_group"))
        known.link_cohorts(BUILT_FROM, ENTERED_ALIKE)
        for true, _ in self.rows("cohort_incidence"):
            place = f"{true['attribute']} {true['group_name']}"
            known.link_first_entries(
                *(str(true["cohort_name"]), str(true["attribute"]), str(true["group_name"])),
                cases=f"first {true['enters_like']} {place}.W",
            )
        for study, (target, outcome) in TARGETS.items():
            rows = self.rows("population_profile", study=study)
            groups = [(str(true["attribute"]), str(true["group_name"])) for true, _ in rows]
            known.link_study(study, target, outcome, groups)

    def read_study(self, study: str) -> None:
        """A study's attrition, its population, and how its models did."""
        self.read_attrition(study)
        everyone = f"{study} overall Everyone"
        groups = self.read_groups(study, everyone)
        Characteristics(self, study).read(self.rows("cohort_characteristic", study=study))
        if not self.truth["model_performance"].filter(pl.col("study") == study).height:
            return
        judged = f"{study} judged overall Everyone"
        is_everyone_judged = self.read_performance(study, judged)
        self.part_of(everyone, judged, by_person=True)
        if is_everyone_judged:
            self.same(everyone, judged)
        self.read_calibration(study, judged)
        curves = self.read_decision_curve(study, judged)
        self.read_audit(study, groups, curves)
        for name in [name for name in self.reader.names if name.startswith(f"{study} ")]:
            self.know_the_definition(study, name)

    def know_the_definition(self, study: str, name: str) -> None:
        """In some studies a person has one index date, or one with the outcome."""
        group, _, letter = name.rpartition(".")
        if (
            letter == "R"
            and (
                study in ONE_ROW_FOR_EACH_PERSON
                or (study in ONE_ROW_FOR_EACH_PERSON_AND_YEAR and f"{study} index_year " in group)
            )
            and " less " not in group
        ):
            self.reader.adds_up(name, [f"{group}.P"])
        if letter == "O" and study in ONE_OUTCOME_FOR_EACH_PERSON and " less " not in group:
            self.reader.adds_up(name, [f"{group}.W"])

    def read_attrition(self, study: str) -> None:
        steps = sorted(self.rows("study_attrition", study=study), key=lambda b: b[0]["step_number"])
        last = max(true["step_number"] for true, _ in steps if true["is_applied"])
        before: str | None = None
        for true, seen in steps:
            name = f"{study} step {true['step_number']}"
            if true["step_number"] == last:
                name = f"{study} overall Everyone"
            is_note = not true["is_applied"] and before is not None
            self.group(
                name, true, seen, never_broken_down=self.small(str(before)) if is_note else ""
            )
            if before is not None:
                self.part_of(before, name)
            elif TARGETS[study][0] in self.cohorts:
                target, outcome = (self.cohorts[cohort] for cohort in TARGETS[study])
                self.same(name, target, "RP")
                self.fewer_people(outcome, name, "W")
            if true["is_applied"]:
                before = name

    def read_groups(self, study: str, everyone: str) -> dict[tuple[str, str], str]:
        found = {("overall", "Everyone"): everyone}
        attributes: dict[str, list[str]] = {}
        rows = list(self.rows("population_profile", study=study))
        for true, seen in sorted(rows, key=lambda both: both[0]["attribute"] != "overall"):
            attribute, group = str(true["attribute"]), str(true["group_name"])
            name = f"{study} {attribute} {group}"
            small = self.small(everyone).replace("P", "") if attribute != "overall" else ""
            self.group(name, true, seen, never_broken_down=small)
            self.rate(seen["outcome_rate"], {f"{name}.O": 1.0}, {f"{name}.R": 1.0})
            if attribute != "overall":
                attributes.setdefault(attribute, []).append(name)
                found[attribute, group] = name
        for attribute, names in attributes.items():
            self.made_of(everyone, names, for_life=attribute in FOR_LIFE)
        return found

    def read_performance(self, study: str, judged: str) -> bool:
        validation = ""
        for true, seen in self.rows("model_performance", study=study):
            validation = str(true["validation"])
            self.group(judged, true, seen)
            if true["metric"] == "outcome_rate":
                self.rate(seen["value"], {f"{judged}.O": 1.0}, {f"{judged}.R": 1.0})
        return validation == "cross_validation"

    def read_calibration(self, study: str, judged: str) -> None:
        models: dict[str, list[str]] = {}
        for true, seen in self.rows("calibration", study=study):
            name = f"{study} {true['model_name']} bin {true['bin_number']}"
            models.setdefault(str(true["model_name"]), []).append(name)
            self.group(name, true, seen)
            self.rate(seen["outcome_rate"], {f"{name}.O": 1.0}, {f"{name}.R": 1.0})
        for names in models.values():
            if len(names) == 1:
                self.same(names[0], judged)
                continue
            self.made_of(judged, names, for_life=False)
            for name in names:  # bins are merged until each has enough
                self.reader.is_least(f"{name}.W", SMALLEST)
                self.reader.is_least(f"{name}.V", SMALLEST)

    def read_decision_curve(self, study: str, judged: str) -> dict[tuple[str, float], str]:
        found: dict[tuple[str, float], str] = {}
        for true, seen in self.rows("decision_curve", study=study):
            threshold = float(str(true["threshold"]))
            name = f"{study} {true['model_name']} at {threshold}"
            found[str(true["model_name"]), threshold] = name
            self.group(judged, true, seen)
            self.group(name, true, seen, FLAGGED, never_broken_down=self.small(judged))
            self.part_of(judged, name)
            self.net_benefit(seen["net_benefit"], name, judged, threshold)
            odds = threshold / (1 - threshold)
            if seen["net_benefit_treat_all"] is not None:
                share = (seen["net_benefit_treat_all"] + odds) / (1 + odds)
                self.rate(share, {f"{judged}.O": 1.0}, {f"{judged}.R": 1.0})
        for model in {model for model, _ in found}:
            self.nest(found, model)
        return found

    def nest(self, curves: Mapping[tuple[str, float], str], model: str) -> None:
        """Who is flagged at a threshold is flagged at each lower one."""
        thresholds = sorted(threshold for name, threshold in curves if name == model)
        for lower, higher in pairwise(thresholds):
            self.part_of(curves[model, lower], curves[model, higher])

    def read_audit(
        self,
        study: str,
        groups: Mapping[tuple[str, str], str],
        curves: dict[tuple[str, float], str],
    ) -> None:
        everyone = f"{study} judged overall Everyone"
        rows = list(self.rows("fairness_audit", study=study))
        if not rows:
            return
        (model,) = {str(true["model_name"]) for true, _ in rows}
        (threshold,) = {t["threshold"] for t, _ in rows if t["metric"] == "selection_rate"}
        acted_on = f"{study} {model} at {threshold}"
        attributes: dict[str, set[str]] = {}
        values: dict[tuple[str, str], Row] = {}
        for true, seen in sorted(rows, key=lambda both: both[0]["attribute"] != "overall"):
            attribute, group = str(true["attribute"]), str(true["group_name"])
            name = f"{study} judged {attribute} {group}"
            flagged = acted_on if attribute == "overall" else f"{name} flagged"
            is_part = attribute != "overall"
            small = self.small(everyone).replace("P", "") if is_part else ""
            self.group(name, true, seen, never_broken_down=small)
            self.count(f"{name}.V", true, seen, "n_people_without_outcome")
            small = self.small(name, *([acted_on] if is_part else []))
            self.group(flagged, true, seen, FLAGGED, never_broken_down=small)
            self.part_of(name, flagged)
            values.setdefault((attribute, group), {})[str(true["metric"])] = _value(seen, rows)
            self.told_by_a_verdict(name, seen)
            if attribute != "overall":
                attributes.setdefault(attribute, set()).add(group)
        for (attribute, group), of_group in values.items():
            name = f"{study} judged {attribute} {group}"
            flagged = acted_on if attribute == "overall" else f"{name} flagged"
            self.read_values(name, flagged, of_group, float(threshold))
            if (attribute, group) in groups:
                self.part_of(groups[attribute, group], name, by_person=True)
        for attribute, names in attributes.items():
            judged = [f"{study} judged {attribute} {group}" for group in sorted(names)]
            for_life = attribute in FOR_LIFE
            self.made_of(everyone, judged, for_life=for_life)
            self.made_of(acted_on, [f"{name} flagged" for name in judged], for_life=for_life)
        if (model, threshold) not in curves and 0 < threshold < 1:
            self.nest(curves | {(model, threshold): acted_on}, model)

    def told_by_a_verdict(self, name: str, seen: Row) -> None:
        if seen["verdict"] == "too few to show":
            return
        enough = SMALLEST if seen["verdict"] == "too few to judge" else TO_JUDGE
        self.reader.is_least(f"{name}.W", enough)
        self.reader.is_least(f"{name}.V", SMALLEST)

    def read_values(self, name: str, flagged: str, value: Row, threshold: float) -> None:
        rows, outcomes = {f"{name}.R": 1.0}, {f"{name}.O": 1.0}
        caught, acted = {f"{flagged}.O": 1.0}, {f"{flagged}.R": 1.0}
        self.rate(value.get("outcome_rate"), outcomes, rows)
        expected, ratio = value.get("mean_risk"), value.get("observed_expected_ratio")
        if isinstance(expected, float) and isinstance(ratio, float):
            self.rate(expected * ratio, outcomes, rows)
        self.rate(value.get("selection_rate"), acted, rows)
        self.rate(value.get("true_positive_rate"), caught, outcomes)
        self.rate(value.get("positive_predictive_value"), caught, acted)
        self.rate(
            value.get("false_positive_rate"),
            {f"{flagged}.R": 1.0, f"{flagged}.O": -1.0},
            {f"{name}.R": 1.0, f"{name}.O": -1.0},
        )
        self.net_benefit(value.get("net_benefit"), flagged, name, threshold)

    def read_pathways(self) -> None:
        """Each person of the target cohort has one path, if only that of no treatment."""
        for study in sorted(set(self.truth["treatment_pathway"]["study"].to_list())):
            treatments = Treatments(self, study)
            treatments.read_paths(self.rows("treatment_pathway", study=study))
            treatments.read_lines(self.rows("treatment_line", study=study))
            treatments.read_durations(self.rows("treatment_duration", study=study))
            treatments.read_persistence(self.rows("treatment_persistence", study=study))
            treatments.read_days_covered(self.rows("treatment_days_covered", study=study))
            treatments.read_groups(self.rows("treatment_pathway_by_group", study=study))
            self.same(study, self.cohorts[PATHWAYS_OF[study]], "P")


def _value(seen: Row, rows: list[tuple[Row, Row]]) -> object:
    """A row's value as shown, or worked out from a difference and the other of the two values."""
    if seen["value"] is not None:
        return seen["value"]
    for _, other in rows:
        if any(other[n] != seen[n] for n in ("attribute", "metric", "model_name")):
            continue
        if seen["difference"] is not None and other["group_name"] == seen["reference_group"]:
            return None if other["value"] is None else other["value"] + seen["difference"]
        if other["reference_group"] == seen["group_name"] and None not in (
            other["value"],
            other["difference"],
        ):
            return other["value"] - other["difference"]
    return None
