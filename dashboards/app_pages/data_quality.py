"""What is wrong with the data, what to fix first, and what was never looked at?"""

from dashboards import cards, charts, components, data, pickers, quality_answers, quality_tables
from dashboards.choosing import (
    absent_tables,
    checks_by,
    jumps,
    to_fix_first,
    told_apart,
    unchecked,
    with_share,
    with_status,
)

checks = data.data_quality()
asked = data.ohdsi_check()

components.header("Can the data be trusted?", quality_answers.trust(checks, asked))
components.show_cards(cards.quality(checks, asked))
components.withheld_studies()

with components.section("What to fix first", quality_answers.OHDSI_CAUTION):
    to_fix = to_fix_first(asked)
    if components.any_rows(to_fix, f"OHDSI's checks: {quality_answers.ohdsi(asked)}"):
        quality_tables.to_fix_first(to_fix)
        components.small_cells_note(to_fix)

with components.section("By table, kind and severity", quality_answers.COUNTED_CAUTION):
    by = pickers.checks_by_picker()
    if components.any_rows(asked, "None of OHDSI's checks had anything to look at."):
        quality_tables.checks_counted(checks_by(asked, by), by)

with components.section("Breaches of our contracts", quality_answers.BREACHES_CAUTION):
    breaches = with_status(checks, "breached")
    if components.any_rows(breaches, "Every check that was made passed."):
        if (in_rows := with_share(breaches)).height:
            components.chart(charts.breach_shares(in_rows), alt="Share of rows breaking each rule")
        quality_tables.breaches(breaches)
        components.small_cells_note(breaches)

with components.section("Of whom is less recorded?", quality_answers.RECORDING_CAUTION):
    recording = data.recording_by_group()
    answer = quality_answers.recording(recording)
    components.said(answer)
    if (apart := told_apart(recording)).height:
        quality_tables.told_apart(apart)
    attribute = pickers.recorded_by_picker()
    components.chart(charts.recording_beside_others(recording, attribute), alt=answer)
    components.small_cells_note(recording)
    with components.folded("As a table", quality_answers.COMPARED_CAUTION, icon="table"):
        quality_tables.recorded(recording, attribute)

with components.section("Does recording jump from year to year?", quality_answers.JUMPS_CAUTION):
    by_year = data.recording_by_year()
    found = jumps(by_year)
    if components.any_rows(found, "No year jumps from the year before it."):
        quality_tables.jumps(found)
    components.chart(charts.recording_over_time(by_year), alt="Records a person-year by year")
    components.small_cells_note(by_year)

with components.section("What was not checked"):
    if (absent := absent_tables(checks)).height:
        components.sentences(quality_answers.absent(absent))
    if components.any_rows(unchecked(checks), "Every other check of the contracts was made."):
        quality_tables.unchecked(unchecked(checks))

with components.folded("Run log: what was done, and how long it took", icon="history"):
    quality_tables.runs(data.run_log())

components.terms("contract", "breach", "recording", "jump", "suppressed")
components.footer(checks, caution=quality_answers.QUALITY_CAUTION)
