"""A prediction study: target, outcome, time at risk, exclusions, covariates, models and audit."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from analytics.definition_files import FrozenModel, Name, each_once
from analytics.studies.blind_spot import OutcomeSeenAs

Domain = Literal["condition", "drug", "procedure", "measurement", "observation", "device", "visit"]
CovariateWindow = Literal[30, 180, 365, "any"]
ModelName = Literal["xgboost", "logistic_l1", "age_and_sex"]
Attribute = Literal["sex", "age_band", "race", "ethnicity"]

Days = Annotated[int, Field(ge=0, le=36525)]


class TimeAtRisk(FrozenModel):
    """Days after the index date (day 0) on which the outcome counts, both ends inclusive."""

    first_day: Days = Field(default=1, description="First day at risk, counted from index.")
    last_day: Days = Field(description="Last day at risk, counted from index; inclusive.")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "TimeAtRisk":
        if self.last_day < self.first_day:
            raise ValueError(
                f"the time at risk ends before it starts: first_day {self.first_day}, "
                f"last_day {self.last_day}"
            )
        return self

    @property
    def n_days(self) -> int:
        """How many days the whole time at risk has, both ends counted."""
        return self.last_day - self.first_day + 1


class PopulationRules(FrozenModel):
    """Who of the target cohort stays in the study; applied in the order of the fields."""

    first_index_only: bool = Field(
        default=False,
        description="Keep only each person's earliest index date, before the washout is asked for.",
    )
    washout_days: Days = Field(
        default=0,
        description="Days of observation before index; exactly this many are enough.",
    )
    remove_prior_outcome: bool = Field(
        default=False, description="Leave out index dates with the outcome already behind them."
    )
    prior_outcome_lookback_days: Days | None = Field(
        default=None,
        description="How many days before index a prior outcome is looked for, the last of them "
        "included (0: from the index day on), up to the day before the time at risk. "
        "Absent means ever.",
    )
    require_time_at_risk: bool = Field(
        default=False,
        description="Leave out index dates observed for fewer days at risk than asked for. "
        "One day at risk is always needed.",
    )
    min_time_at_risk_days: Annotated[int, Field(ge=1, le=36525)] = Field(
        default=1,
        description="Days at risk that must be observed when require_time_at_risk is set.",
    )
    include_all_outcomes: bool = Field(
        default=False,
        description="Keep index dates with the outcome even if observed for less. "
        "Raises the outcome rate: people without the outcome are still left out.",
    )
    death_completes_time_at_risk: bool = Field(
        default=True,
        description="Whoever was observed until death within the time at risk counts as "
        "fully observed.",
    )


class CovariateSettings(FrozenModel):
    """Which facts before the index date (up to day -1) the model may see."""

    windows: Annotated[tuple[CovariateWindow, ...], AfterValidator(each_once)] = Field(
        default=(30, 180, 365, "any"),
        min_length=1,
        description="Days before index that counts look back, ending on day -1.",
    )
    domains: Annotated[tuple[Domain, ...], AfterValidator(each_once)] = Field(
        default=(
            "condition",
            "drug",
            "procedure",
            "measurement",
            "observation",
            "device",
            "visit",
        ),
        description="Kinds of event to make covariates of; age and sex are always there.",
    )
    min_people_per_covariate: Annotated[int, Field(ge=1)] = Field(
        default=20,
        description="A covariate that fewer training people have is left out.",
    )
    remove_redundant: bool = Field(
        default=False,
        description="Leave out what every training row has with the value 1, and the most frequent "
        "of the covariates of an analysis of which every training row has exactly one.",
    )
    scale_by_largest: bool = Field(
        default=False,
        description="Divide each covariate by its largest value in the training rows.",
    )
    use_race_and_ethnicity: bool = Field(
        default=False,
        description="Let the model see race and ethnicity. They are audited in any case.",
    )


class PredictionSettings(FrozenModel):
    """Whom `predict` lists: all in the target that day, or those with a recent index date."""

    kind: Literal["prevalent", "event"]
    within_days: Annotated[int, Field(ge=1, le=3653)] | None = Field(
        default=None, description="For `event`: index dates in this many days before the date."
    )

    @model_validator(mode="after")
    def _days_where_they_mean_something(self) -> "PredictionSettings":
        if self.kind == "event" and self.within_days is None:
            raise ValueError("kind 'event' needs within_days (how recent an index date must be)")
        if self.kind == "prevalent" and self.within_days is not None:
            raise ValueError("kind 'prevalent' has no within_days: leave it out")
        return self


class ReferenceGroups(FrozenModel):
    """The group of each attribute that the others are compared with."""

    sex: Literal["Female", "Male"] = "Female"
    age_band: Literal["0-17", "18-34", "35-49", "50-64", "65-79", "80+"] = "50-64"
    race: Literal[
        "White",
        "Black or African American",
        "Asian",
        "American Indian or Alaska Native",
        "Native Hawaiian or Pacific Islander",
        "More than one race",
    ] = "White"
    ethnicity: Literal["Hispanic or Latino", "Not Hispanic or Latino"] = "Not Hispanic or Latino"


class Audit(FrozenModel):
    """Which attributes the model is audited by, and against whom."""

    attributes: Annotated[tuple[Attribute, ...], AfterValidator(each_once)] = Field(
        default=("sex", "age_band", "race", "ethnicity"), min_length=1
    )
    reference_groups: ReferenceGroups = ReferenceGroups()

    def reference_group(self, attribute: Attribute) -> str:
        """The group that the other groups of `attribute` are compared with."""
        return str(getattr(self.reference_groups, attribute))


class Study(FrozenModel):
    """A question about the future: who of the target will have the outcome while at risk."""

    name: Name
    kind: Literal["prediction"]
    title: Annotated[str, Field(min_length=1)]
    question: Annotated[str, Field(min_length=1)]
    target: Name = Field(description="Cohort of people at risk.")
    index: Literal["start", "end"] = Field(
        default="start", description="Which end of the target's interval is the index date."
    )
    outcome: Name = Field(description="Cohort whose start is the event predicted.")
    outcome_in_words: Annotated[str, Field(min_length=1)] = Field(
        description="Ends the sentence 'The risk of ...': 'another hospital stay within 30 days'."
    )
    outcome_seen_as: OutcomeSeenAs | None = Field(
        default=None,
        description="How the outcome comes to be seen, which decides what an audit cannot see: a "
        "visit and a death happen whoever writes; a diagnosis only where somebody wrote it down, a "
        "measurement only where somebody measured. Absent means that nobody has said.",
    )
    time_at_risk: TimeAtRisk
    population: PopulationRules = PopulationRules()
    covariates: CovariateSettings = CovariateSettings()
    models: Annotated[tuple[ModelName, ...], AfterValidator(each_once)] = Field(
        default=("xgboost", "logistic_l1", "age_and_sex"), min_length=1
    )
    test_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.25, description="Share of people kept apart to test on."
    )
    validation: Literal["auto", "split", "cross_validation"] = Field(
        default="auto",
        description="auto cross-validates when the test set would hold fewer than 25 people "
        "with the outcome.",
    )
    capacity_share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.10, description="Share of the people listed whom the team can act for."
    )
    prediction: PredictionSettings
    audit: Audit = Audit()
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 20200101
    bootstrap_replicates: Annotated[int, Field(ge=20, le=100_000)] = 500
    intended_use: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _rules_fit_the_time_at_risk(self) -> "Study":
        rules = self.population
        if rules.require_time_at_risk and rules.min_time_at_risk_days > self.time_at_risk.n_days:
            raise ValueError(
                f"population.min_time_at_risk_days is {rules.min_time_at_risk_days}, but the time "
                f"at risk has only {self.time_at_risk.n_days} days: nobody would stay"
            )
        return self
