{# One row for each recorded event: its days, the rules it passes, and whether it is its person's best.

   `recorded` has person_id, entry_number (which event of the person), start_date and end_date; `qualified`
   holds those of them that may enter the cohort, `rules_met` a row for each of these and each inclusion
   rule that it meets, numbered from 1. `n_rules_passed` is 0 for an event that may not enter, 1 for one
   that may, and one more for each inclusion rule in order, up to the first that it does not meet.
   `is_best_event` is OHDSI's: of a person's events that may enter, the one that meets most inclusion
   rules, then the one that meets the lowest, then the earliest. Where none may enter it is the earliest. #}
{% macro count_rules_passed(recorded, qualified, rules_met=none) -%}
    select
        person_id,
        start_date,
        end_date,
        case when is_qualified = 1 then 1 + n_rules_in_order else 0 end as n_rules_passed,
        row_number() over (
            partition by person_id
            order by is_qualified desc, n_rules_met desc, lowest_rule_met, start_date, entry_number
        ) = 1 as is_best_event
    from (
        select
            recorded_events.person_id,
            recorded_events.entry_number,
            recorded_events.start_date,
            recorded_events.end_date,
            case when qualified_events.entry_number is null then 0 else 1 end as is_qualified,
            {%- if rules_met %}
            coalesce(met.n_rules_met, 0) as n_rules_met,
            coalesce(met.lowest_rule_met, 0) as lowest_rule_met,
            coalesce(met.n_rules_in_order, 0) as n_rules_in_order
            {%- else %}
            0 as n_rules_met,
            0 as lowest_rule_met,
            0 as n_rules_in_order
            {%- endif %}
        from {{ recorded }} as recorded_events
        left join {{ qualified }} as qualified_events
            on
                recorded_events.person_id = qualified_events.person_id
                and recorded_events.entry_number = qualified_events.entry_number
        {%- if rules_met %}
        left join (
            select
                person_id,
                entry_number,
                count(*) as n_rules_met,
                min(rule_number) as lowest_rule_met,
                sum(case when rule_number = place_in_order then 1 else 0 end) as n_rules_in_order
            from (
                select
                    person_id,
                    entry_number,
                    rule_number,
                    row_number() over (
                        partition by person_id, entry_number
                        order by rule_number
                    ) as place_in_order
                from {{ rules_met }}
            ) as rules_in_order
            group by person_id, entry_number
        ) as met
            on
                recorded_events.person_id = met.person_id
                and recorded_events.entry_number = met.entry_number
        {%- endif %}
    ) as counted_events
{%- endmacro %}
