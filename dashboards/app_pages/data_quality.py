"""What is wrong with the data, and what was never looked at?"""

from dashboards import answers, cards, charts, components, data, tables
from dashboards.choosing import absent_tables, with_share, with_status

checks = data.data_quality()
breaches = with_status(checks, "breached")
absent = absent_tables(checks)

components.header("Can the data be trusted?", answers.quality(checks))
components.show_cards(cards.quality(checks))

with components.section("What this CDM lacks"):
    if components.any_rows(absent, "Every table of the contracts is there."):
        components.sentences(absent["message"].to_list())

with components.section("Breaches"):
    if components.any_rows(breaches, "Every check that was made passed."):
        in_rows = with_share(breaches)
        if in_rows.height:
            components.chart(charts.breach_shares(in_rows), alt="Share of rows breaking each rule")
        tables.checks(breaches)
        components.small_cells_note(breaches)

with components.section("What was not checked"):
    unchecked = with_status(checks, "not_checked", "error")
    if components.any_rows(unchecked, "Every check of the contracts was made."):
        tables.unchecked(unchecked)

with components.section("Run log", "What was done, on how many people, and how long it took."):
    tables.runs(data.run_log())

components.terms("contract", "breach", "suppressed")
components.footer(checks, caution=answers.QUALITY_CAUTION)
