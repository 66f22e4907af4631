"""Steps: reused while content and outputs stand, forgotten before they run, never half done."""

import shutil

import pytest

from analytics.pipelines.steps import Runner, Step, StepResult, replace_folder, write_aside


class Shown:
    """A display that remembers what it was told."""

    def __init__(self):
        self.told = []

    def started(self, step):
        self.told.append(f"{step.name} starts")

    def ended(self, record):
        self.told.append(f"{record.name} {record.status}")


@pytest.fixture
def work(tmp_path):
    """A workspace in which steps note what they did."""
    return Work(tmp_path / "workspace")


class Work:
    def __init__(self, root):
        self.root = root
        self.done = []

    def runner(self):
        return Runner(self.root / "state")

    def step(self, name="train", *, output="model", content="1", dies=False, **inputs):
        path = self.root / output

        def do():
            self.done.append(name)
            if dies:
                raise KeyboardInterrupt
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            return StepResult(
                n_people=12, detail="three models", notes=("few outcomes",), told=("one built",)
            )

        return Step(name=name, title=f"To {name}", inputs=inputs, do=do, outputs=(path,))


def test_a_step_runs_once_for_the_same_inputs_also_in_another_process(work):
    first = work.runner().run(work.step(rows="a"))
    again = work.runner().run(work.step(rows="a"))

    assert (first.told, again.told) == (("one built",), ())
    assert work.done == ["train"]
    assert again.status == "reused"
    assert (again.n_people, again.detail, again.notes) == (12, "three models", ["few outcomes"])


def test_another_value_another_name_or_one_input_more_runs_it_again(work):
    for inputs in ({"rows": "a"}, {"rows": "b"}, {"row": "b"}, {"row": "b", "code": "1"}):
        assert work.runner().run(work.step(**inputs)).status == "ran"

    assert len(work.done) == 4


def test_only_the_last_content_is_remembered(work):
    for rows in ("a", "b", "a"):
        assert work.runner().run(work.step(rows=rows)).status == "ran"


def test_a_step_whose_output_is_gone_runs_again(work):
    work.runner().run(work.step(rows="a"))
    (work.root / "model").unlink()

    assert work.runner().run(work.step(rows="a")).status == "ran"
    assert (work.root / "model").exists()


def test_when_an_output_of_two_steps_is_gone_both_run_again(work):
    """The second finds the file there again, made by the first, and must still write into it."""
    into_the_warehouse = [
        work.step("land", output="warehouse", cdm="a"),
        work.step("results", output="warehouse", risks="a"),
        work.step("train", output="model", rows="a"),
    ]
    for step in into_the_warehouse:
        work.runner().run(step)
    (work.root / "warehouse").unlink()

    ran = [work.runner().run(step).status for step in into_the_warehouse]

    assert ran == ["ran", "ran", "reused"]


def test_a_workspace_may_be_moved(work, tmp_path):
    work.runner().run(work.step("land", output="warehouse", cdm="a"))
    work.runner().run(work.step("results", output="warehouse", risks="a"))
    shutil.move(work.root, tmp_path / "elsewhere")
    moved = Work(tmp_path / "elsewhere")

    steps = [
        moved.step("land", output="warehouse", cdm="a"),
        moved.step("results", output="warehouse", risks="a"),
    ]
    assert [moved.runner().run(step).status for step in steps] == ["reused", "reused"]
    (moved.root / "warehouse").unlink()
    assert [moved.runner().run(step).status for step in steps] == ["ran", "ran"]


def test_a_step_is_forgotten_before_it_runs(work):
    """It dies when asked for `b`: what it did for `a` may be half overwritten."""
    work.runner().run(work.step(rows="a"))
    with pytest.raises(KeyboardInterrupt):
        work.runner().run(work.step(rows="b", dies=True))

    assert work.runner().remembered("train") is None
    assert work.runner().run(work.step(rows="a")).status == "ran"


def test_a_step_that_fails_is_not_remembered(work):
    with pytest.raises(KeyboardInterrupt):
        work.runner().run(work.step(rows="a", dies=True))

    assert work.runner().run(work.step(rows="a")).status == "ran"


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"name": "train"}', '{"name": "train", "x": 1}']
)
def test_a_damaged_record_counts_as_none(work, damage):
    work.runner().run(work.step(rows="a"))
    (work.root / "state" / "train.json").write_text(damage)

    assert work.runner().run(work.step(rows="a")).status == "ran"


def test_a_display_is_told_of_the_start_of_what_runs_and_of_every_end(work):
    shown = Shown()
    for _ in range(2):
        Runner(work.root / "state", shown).run(work.step(rows="a"))

    assert shown.told == ["train starts", "train ran", "train reused"]


def test_steps_of_two_studies_are_two(work):
    for name in ("onset/train", "readmission/train"):
        assert work.runner().run(work.step(name, output=name, rows="a")).status == "ran"

    assert [record.name for record in work.runner().ended()] == ["onset/train", "readmission/train"]


def test_text_is_the_old_or_the_new_whole(tmp_path, monkeypatch):
    file = tmp_path / "pointer"
    write_aside(file, "before")
    path_type = type(file)
    monkeypatch.setattr(path_type, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_aside(file, "after")

    assert file.read_text() == "before"
    monkeypatch.undo()
    write_aside(file, "after")
    assert file.read_text() == "after"


def test_a_folder_is_filled_aside_and_what_lay_in_it_is_gone(tmp_path):
    folder = tmp_path / "train"
    replace_folder(folder, lambda partial: (partial / "old").write_text("1"))

    def die(partial):
        (partial / "half").write_text("2")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_folder(folder, die)
    assert [path.name for path in folder.iterdir()] == ["old"]

    replace_folder(folder, lambda partial: (partial / "new").write_text("3"))
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["train"]
