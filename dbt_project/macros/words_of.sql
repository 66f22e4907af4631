{# The words of a text in lower case, one row for each. #}
{% macro words_of(text) -%}
    unnest(string_split_regex(lower({{ text }}), '[^\p{L}\p{N}]+'))
{%- endmacro %}

{# A word without the s of a plural: ulcers and ulcer are one word. #}
{% macro without_plural(word) -%}
    regexp_replace({{ word }}, '([^s])s$', '\1')
{%- endmacro %}

{# Does the word tell what a concept is about? Numbers, single letters and what joins words do not. #}
{% macro is_telling(word) -%}
    (
        length({{ word }}) > 1
        and not regexp_matches({{ word }}, '^[0-9]+$')
        and {{ word }} not in (
            'and', 'any', 'at', 'by', 'due', 'for', 'from', 'in', 'mg', 'ml', 'no', 'nos', 'not', 'of',
            'on', 'or', 'other', 'than', 'the', 'to', 'type', 'unspecified', 'use', 'with', 'without'
        )
    )
{%- endmacro %}
