"""Subscribers hear every milestone of real work, in order; one that fails is left out, and the work goes on."""

import re
from contextvars import copy_context
from pathlib import Path
from threading import Thread

import pytest

from cowrie_assets.activity import Stage, Subscriber, stage, subscribed
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.validate import validate
from cowrie_assets.progress import Progress, silent
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


class Heard(Subscriber):
    def __init__(self) -> None:
        self.said: list[str] = []
        self.stages: list[Stage] = []
        self.messages: list[Progress] = []
        self.errors: list[BaseException | None] = []

    def began(self, stage: Stage) -> None:
        self.said.append(f"+{stage.name}")

    def progressed(self, phase: Stage, progress: Progress) -> None:
        assert phase.parent is None
        self.messages.append(progress)

    def ended(self, stage: Stage, error: BaseException | None) -> None:
        self.said.append(f"-{stage.name}")
        self.stages.append(stage)
        self.errors.append(error)


def test_an_ingest_tells_its_phases_and_their_stages(sample_settings: Settings) -> None:
    heard = Heard()
    with Warehouse.open(sample_settings.database_url) as warehouse:
        with subscribed(heard):
            result = ingest(warehouse, sample_settings)
            assert not any(each.wrong for each in validate(warehouse, sample_settings))
        told = len(heard.said)
        ingest(warehouse, sample_settings)
    load, summaries, check = [each for each in heard.stages if each.parent is None]
    assert (load.name, summaries.name, check.name) == ("delta_ingest", "refresh_summaries", "validate")
    assert {each.name for each in heard.stages if each.parent is not None} == {"file", "flush", "refresh"}
    assert all(each.phase in (load, summaries, check) for each in heard.stages)
    assert load.figures["events_inserted"] == result.load.events == 1300
    assert load.figures["files_processed"] == load.figures["files_total"] == result.load.logs + result.load.empty
    assert sum(int(each.attributes["records"] or 0) for each in heard.stages if each.name == "flush") == 1300
    assert summaries.figures["sessions_computed"] == result.refresh.sessions
    assert heard.said[0] == "+delta_ingest"
    assert Progress("summarise", 5, 5, "days") in heard.messages
    assert check.progress == heard.messages[-1]
    assert heard.errors == [None] * len(heard.stages)
    assert heard.said[-1] == "-validate"
    assert len(heard.said) == told  # nobody is told behind the block


def test_a_failure_is_told_and_raised() -> None:
    heard = Heard()
    with subscribed(heard), pytest.raises(ValueError, match="no"), stage("outer"), stage("inner"):
        raise ValueError("no")
    assert heard.said == ["+outer", "+inner", "-inner", "-outer"]
    assert [type(error) for error in heard.errors] == [ValueError, ValueError]


def test_a_subscriber_that_fails_is_told_nothing_more(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Heard):
        def began(self, stage: Stage) -> None:
            super().began(stage)
            raise RuntimeError("of the subscriber")

    broken, heard = Broken(), Heard()
    with subscribed(broken, heard), stage("work") as work:
        work.telling(silent)(Progress("load", 1, 2, "bytes"))
    assert (broken.said, broken.messages) == (["+work"], [])
    assert (heard.said, heard.messages) == (["+work", "-work"], [Progress("load", 1, 2, "bytes")])
    assert "Broken failed" in caplog.text


def test_messages_of_stages_are_told_once() -> None:
    heard, sunk = Heard(), list[Progress]()
    with subscribed(heard), stage("outer") as outer:
        handed_down = outer.telling(sunk.append)
        with stage("inner") as inner:
            inner.telling(handed_down)(Progress("x", 0, None, "days"))
    assert heard.messages == sunk == [Progress("x", 0, None, "days")]


def test_a_thread_is_within_the_stage_whose_context_it_is_given() -> None:
    heard = Heard()

    def work() -> None:
        with stage("part"):
            pass

    with subscribed(heard), stage("whole"):
        for target in (copy_context().run, lambda run: run()):
            thread = Thread(target=target, args=(work,))
            thread.start()
            thread.join()
    assert [(each.name, each.phase.name) for each in heard.stages] == [
        ("part", "whole"),
        ("part", "part"),
        ("whole", "whole"),
    ]


def test_every_phase_is_documented() -> None:
    root = Path(__file__).parents[1]
    told = (root / "docs" / "TELEMETRY.md").read_text(encoding="utf-8").partition("## Phases")[2].partition("\n## ")[0]
    code = "".join(file.read_text(encoding="utf-8") for file in (root / "cowrie_assets").rglob("*.py"))
    phases = re.findall(r'(?:@phase|\bstage)\(\s*"(\w+)"', code)
    assert {"validate", "repair", "backup", "restore", "flush"} <= set(phases)
    assert [name for name in phases if f"`{name}`" not in told] == []


def test_the_example_of_the_documentation_runs(sample_settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[1] / "docs" / "TELEMETRY.md").read_text(encoding="utf-8")
    example = page.partition("```python\n")[2].partition("```")[0]
    exec(compile(example, "docs/TELEMETRY.md", "exec"), {"settings": sample_settings})
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("begins delta_ingest delta_ingest")
    assert sum(line.startswith("ended delta_ingest") for line in printed) == 1
