"""Where a CDM lies on PostgreSQL: what a URL may say."""

import pytest

from analytics.errors import BadInputError
from analytics.warehouse.postgres_address import is_url, read_address


def test_each_part_of_a_url_is_read():
    address = read_address(
        "postgresql://ann%40site:p%40ss%2Fword@db.site:5433/people?schema=omop&sslmode=verify-full"
    )

    assert (address.user, address.password) == ("ann@site", "p@ss/word")
    assert (address.host, address.port) == ("db.site", 5433)
    assert (address.database, address.schema) == ("people", "omop")
    assert address.tls == (("sslmode", "verify-full"),)


def test_a_socket_is_a_host_and_a_port_has_a_default():
    address = read_address("postgres://ann@/people?host=/run/postgresql&schema=omop")

    assert (address.host, address.port, address.password) == ("/run/postgresql", 5432, "")


def test_a_password_is_taken_out_of_what_is_shown():
    address = read_address("postgresql://ann:hush@host/people?schema=omop")

    assert str(address) == "ann@host:5432/people, schema omop"
    assert address.without_password("ann:hush failed") == "ann:*** failed"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("postgresql://host/people?schema=omop", "names no user"),
        ("postgresql://ann@host?schema=omop", "names no database"),
        ("postgresql://ann@host/people", "names no schema"),
        ("postgresql://ann@host/people?schema=omop&port=many", "'many'"),
        ("postgresql://ann@host:70000/people?schema=omop", "host or port"),
        ("postgresql://ann@host/people?schema=omop&sslmod=require", "Did you mean 'sslmode'?"),
        ("people", "not PostgreSQL"),
    ],
)
def test_what_cannot_be_meant_is_said(url, wanted):
    with pytest.raises(BadInputError) as told:
        read_address(url)

    assert wanted in str(told.value)


def test_a_path_is_not_a_url():
    assert is_url("postgresql://ann@host/people")
    assert not is_url("people/cdm.duckdb")
