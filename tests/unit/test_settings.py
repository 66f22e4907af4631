"""What the environment says, and what must be set before Java loads."""

import os
from pathlib import Path

import pytest

from analytics.errors import BadInputError
from analytics.settings import current_settings, is_local, prepare_environment


def test_spark_is_where_the_environment_says():
    said = {
        "CATCHMENT_SPARK_MASTER": "spark://host:7077",
        "SPARK_REMOTE": "sc://there",
        "CATCHMENT_SPARK_EXCHANGE": "/mnt/shared",
    }

    settings = current_settings(said)

    assert settings.spark_master == "spark://host:7077"
    assert settings.spark_remote == "sc://there"
    assert settings.spark_exchange == Path("/mnt/shared")
    assert current_settings({}).spark_master == ""
    assert current_settings({}).spark_exchange is None


@pytest.mark.parametrize(
    ("master", "is_here"),
    [
        ("", True),
        ("local", True),
        ("local[1]", True),
        ("local[*]", True),
        ("local-cluster[1,1,1024]", False),
        ("spark://host:7077", False),
        ("yarn", False),
    ],
)
def test_only_a_local_spark_is_kept_to_this_machine(monkeypatch, master, is_here):
    monkeypatch.delenv("SPARK_LOCAL_IP", raising=False)
    monkeypatch.setenv("CATCHMENT_SPARK_MASTER", master)

    prepare_environment()

    assert is_local(master) == is_here
    assert os.environ.get("SPARK_LOCAL_IP") == ("127.0.0.1" if is_here else None)


def test_a_number_that_is_none_is_named():
    with pytest.raises(BadInputError, match="CATCHMENT_THREADS='many' is not a number"):
        current_settings({"CATCHMENT_THREADS": "many"})
