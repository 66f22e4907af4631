{# One row for each person and span of days that the rows of `periods` cover between them.

   Rows of a person that overlap, or lie at most `gap_days` apart, become one: from the first start
   to the last end. `periods` has person_id, start_date and end_date. #}
{% macro collapse_periods(periods, gap_days=0) -%}
    select
        person_id,
        min(start_date) as start_date,
        max(end_date) as end_date
    from (
        select
            person_id,
            start_date,
            end_date,
            sum(begins_a_period) over (
                partition by person_id
                order by start_date, begins_a_period desc
                rows between unbounded preceding and current row
            ) as period_number
        from (
            select
                person_id,
                start_date,
                end_date,
                case
                    when
                        {{ add_days('max(end_date) over (
                            partition by person_id
                            order by start_date, end_date desc
                            rows between unbounded preceding and 1 preceding
                        )', gap_days) }} >= start_date
                        then 0
                    else 1
                end as begins_a_period
            from {{ periods }}
        ) as beginnings
    ) as numbered_periods
    group by person_id, period_number
{%- endmacro %}
