{# What a warehouse is told before it builds the models of cohorts.

   PostgreSQL guesses that a few people remain after each rule and then looks through all events once for
   each of them; where thousands remain, seconds become hours. Joined by hashes, wrong guesses cost little.
   It sets no time limit of its own while a cohort is built. #}
{% macro plan_for_many() -%}
    {{ return(adapter.dispatch('plan_for_many')()) }}
{%- endmacro %}

{% macro default__plan_for_many() -%}
{%- endmacro %}

{% macro postgres__plan_for_many() -%}
    set local enable_nestloop = off;
    set local jit = off;
    set local statement_timeout = 0
{%- endmacro %}
