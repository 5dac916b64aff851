"""Commands over JSON lines: good lines are worked on, bad ones are named, the exit code says so."""

import json

import pytest
import typer

from serve.cli.chat import read_moment
from serve.cli.output import BadLines, read_lines


@pytest.fixture
def read(tmp_path, capsys):
    def reader(content):
        path = tmp_path / "lines.jsonl"
        path.write_bytes(content)
        bad = BadLines()
        good = [(line.number, line.value) for line in read_lines(str(path), bad, required={"text": str})]
        return good, bad, capsys.readouterr().err

    return reader


def test_bad_lines_are_named_and_good_ones_kept(read):
    lines = ['{"text": "好"}', "no json", "", '{"id": 1}', '{"text": 5}', "[]", '{"text": "再"}']
    good, bad, said = read("\n".join(lines).encode())
    assert [number for number, _value in good] == [1, 7]
    assert [line.partition(":")[0] for line in said.splitlines()] == ["line 2", "line 4", "line 5", "line 6"]
    with pytest.raises(typer.Exit) as stop:
        bad.finish()
    assert stop.value.exit_code == 2


def test_good_lines_alone_end_well(read):
    good, bad, said = read(b"\xef\xbb\xbf" + json.dumps({"text": "好"}).encode() + b"\r\n")
    assert len(good) == 1
    assert said == ""
    bad.finish()


def test_bytes_that_are_no_text_are_one_bad_line(read):
    good, bad, _said = read(b'\xff\xfe\x00\n{"text": "a"}\n')
    assert len(good) == 1
    assert bad.count == 1


def test_a_file_that_is_not_there_is_bad_input():
    with pytest.raises(typer.Exit) as stop:
        list(read_lines("/nowhere/at-all", BadLines(), required={}))
    assert stop.value.exit_code == 2


def test_a_moment_without_a_zone_is_the_citys():
    assert read_moment("2026-11-23T15:00:00").isoformat() == "2026-11-23T15:00:00+08:00"
    for wrong in ("yesterday", 5, None):
        with pytest.raises(ValueError):
            read_moment(wrong)
