{# The date of a year, month and day; null where there is no such day (31 February). #}
{% macro date_of(year, month, day) -%}
    {{ return(adapter.dispatch('date_of')(year, month, day)) }}
{%- endmacro %}

{% macro duckdb__date_of(year, month, day) -%}
    try_cast({{ year }} || '-' || {{ month }} || '-' || {{ day }} as date)
{%- endmacro %}

{# PostgreSQL makes an error of a day that is not: the last day of the month is asked for first. #}
{% macro postgres__date_of(year, month, day) -%}
    case
        when {{ year }} between 1 and 9999 and {{ month }} between 1 and 12 then
            case
                when
                    {{ day }} between 1 and extract(
                        day from make_date({{ year }}, {{ month }}, 1) + interval '1 month - 1 day'
                    )
                    then make_date({{ year }}, {{ month }}, {{ day }})
            end
    end
{%- endmacro %}

{% macro spark__date_of(year, month, day) -%}
    try_to_date(concat_ws('-', {{ year }}, {{ month }}, {{ day }}), 'y-M-d')
{%- endmacro %}
