"""Fingerprints follow content: not time, not place, not order where order says nothing."""

import os

import polars as pl

from analytics.pipelines import fingerprints


def test_touching_a_file_changes_nothing_and_one_byte_does(tmp_path):
    file = tmp_path / "a.parquet"
    file.write_bytes(b"content")
    before = fingerprints.of_file(file)

    os.utime(file, (1, 1))
    assert fingerprints.of_file(file) == before

    file.write_bytes(b"Content")
    assert fingerprints.of_file(file) != before


def test_the_same_bytes_elsewhere_are_the_same(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "b").write_bytes(b"content")

    assert fingerprints.of_file(tmp_path / "a") == fingerprints.of_file(tmp_path / "b")


def test_a_file_that_is_not_there_is_absent_and_an_empty_one_is_not(tmp_path):
    (tmp_path / "empty").touch()

    assert fingerprints.of_file(tmp_path / "nothing") == "absent"
    assert fingerprints.of_file(tmp_path / "empty") != "absent"


def test_a_large_file_counts_to_its_last_byte(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(bytes(3_000_000))
    other.write_bytes(bytes(2_999_999) + b"\1")

    assert fingerprints.of_file(one) != fingerprints.of_file(other)


def folder_of(root, **files):
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return fingerprints.of_folder(root)


def test_a_folder_is_its_files_names_and_contents_wherever_it_lies(tmp_path):
    here = folder_of(tmp_path / "here", a="1", sub__b="2")

    assert folder_of(tmp_path / "there", a="1", sub__b="2") == here
    assert folder_of(tmp_path / "swapped", a="2", sub__b="1") != here
    assert folder_of(tmp_path / "renamed", a="1", sub__c="2") != here
    assert folder_of(tmp_path / "more", a="1", sub__b="2", c="") != here


def test_names_and_values_count_whatever_their_order():
    one = fingerprints.of_mapping({"a": "1", "b": "2"})

    assert fingerprints.of_mapping({"b": "2", "a": "1"}) == one
    assert fingerprints.of_mapping({"a": "2", "b": "1"}) != one
    assert fingerprints.of_mapping({"a": "1b", "": "2"}) != one


def test_a_frame_is_its_columns_types_and_rows_in_their_order():
    frame = pl.DataFrame({"person_id": [1, 2], "day": [3, 4]})
    same = pl.DataFrame({"person_id": [1, 2], "day": [3, 4]})
    one = fingerprints.of_frame(frame)

    assert fingerprints.of_frame(same) == one
    assert fingerprints.of_frame(pl.concat([frame[:1], frame[1:]], rechunk=False)) == one
    assert fingerprints.of_frame(frame.reverse()) != one
    assert fingerprints.of_frame(frame.cast(pl.Int32)) != one
    assert fingerprints.of_frame(frame.rename({"day": "end_day"})) != one
    assert fingerprints.of_frame(frame.with_columns(day=pl.Series([3, None]))) != one


def test_code_and_its_tables_count_and_studies_do_not(tmp_path, monkeypatch):
    """A room's files, or one file of a room; studies are inputs of their own."""
    monkeypatch.setattr(fingerprints, "__file__", str(tmp_path / "pipelines" / "fingerprints.py"))
    room = tmp_path / "simulator"
    (room / "definitions").mkdir(parents=True)
    (tmp_path / "pipelines").mkdir()
    seen = set()

    def looked_at():
        fingerprints.of_rooms.cache_clear()
        found = fingerprints.of_rooms("simulator", "pipelines/learning")
        is_new = found not in seen
        seen.add(found)
        return is_new

    (room / "people.py").write_text("births = 1")
    assert looked_at()
    (room / "definitions" / "concepts.csv").write_text("concept_id\n1\n")
    assert looked_at()
    (tmp_path / "pipelines" / "learning.py").write_text("steps = 3")
    assert looked_at()
    (room / "definitions" / "study.yaml").write_text("name: another")
    (tmp_path / "pipelines" / "judging.py").write_text("steps = 4")
    (room / "people.pyc").write_bytes(b"compiled")
    assert not looked_at()
    fingerprints.of_rooms.cache_clear()
