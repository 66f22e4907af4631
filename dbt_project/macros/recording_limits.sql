{# When two rates, or two shares, of what is recorded are told apart: of a group and of others, of a year and
   of the one before it.

   Where the difference matters and is beyond chance. It matters from a ratio of 0.8 or 1.25 on (the
   four-fifths rule: 29 CFR 1607.4 D), of shares from 10 percentage points on. It is beyond chance where the
   square of z is at least 2 ln(n / 0.05) for the n comparisons: as P(|Z| >= z) <= exp(-z^2 / 2), that is
   Bonferroni's rule at 5 %, and a little stricter. analytics/quality/releases.py has the same limits for two
   releases; a test holds them together. #}
{% macro recording_difference(is_rate, ratio, difference) -%}
    case
        when {{ is_rate }} and coalesce({{ ratio }} <= 0.8, false) then 'less'
        when {{ is_rate }} and coalesce({{ ratio }} >= 1.25, true) then 'more'
        when not {{ is_rate }} and {{ difference }} <= -0.10 then 'less'
        when not {{ is_rate }} and {{ difference }} >= 0.10 then 'more'
        else 'alike'
    end
{%- endmacro %}

{# A null z (no variance at all) is beyond chance: whatever differs then differs for everybody. #}
{% macro recording_beyond_chance(z_squared, is_judged) -%}
    coalesce({{ z_squared }} >= 2 * ln(count(case when {{ is_judged }} then 1 end) over () / 0.05), true)
{%- endmacro %}

{# People on either side of a comparison, and records of which it is made, at least. #}
{% macro recording_fewest() -%}
    25
{%- endmacro %}
