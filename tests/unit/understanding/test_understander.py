"""A whole message becomes fields; run with a small stand-in for the sentence model, so no figure is tested here."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from bot.clock import CITY
from bot.embedding import Vectors
from bot.settings import PROJECT
from bot.understanding import Understander

AT = datetime(2026, 11, 23, 15, 0, tzinfo=CITY)


class LetterEmbedder:
    """Vectors of hashed character pairs: enough to tell leaves apart by their words."""

    version = "letters"

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        rows = np.zeros((len(texts), 256), dtype=np.float32)
        for row, text in enumerate(texts):
            for first, second in zip(text, text[1:] + " ", strict=False):
                rows[row, (ord(first) * 31 + ord(second)) % 256] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def understander(models_dir: Path) -> Understander:
    return Understander(LetterEmbedder(), PROJECT / "content", models_dir=models_dir)


def test_a_complaint_with_everything_in_it(understander: Understander) -> None:
    text = "朝阳区望京街道南湖南路和畅嘉园5号楼，昨天晚上开始暖气不热，屋里才14度，家里有80岁老人，电话13900010001"
    said = understander.understand(text, at=AT)
    body = said.as_json()
    assert body["category"] == "020101"
    assert body["category_path"] == "公共服务>供热>室温不达标"
    assert (body["location"]["district"], body["location"]["street"]) == ("朝阳区", "望京街道")
    assert body["contact_phone"] == "13900010001"
    assert body["occurred"]["text"].startswith("昨天晚上")
    assert body["urgency"] == "S1"
    assert not {"location", "district", "street", "time", "contact", "room_temp"} & set(body["missing"])
    assert "heat_provider" in body["missing"]
    assert body["dispatch"]["clarify"] == ["heat_provider", "heat_scope"]
    assert body["issue_count"] == len(body["issues"]) == 1
    assert said.vulnerable == ("老人",)


def test_the_object_has_exactly_the_fields_of_the_interface(understander: Understander) -> None:
    body = understander.understand("路灯坏了", at=AT).as_json()
    assert list(body) == [
        "kind", "category", "category_path", "category_candidates", "confidence", "location", "occurred", "contact_phone",
        "anonymous", "confidential", "urgency", "emergency", "advice", "issue_count", "issues", "missing", "dispatch",
    ]  # fmt: skip
    assert list(body["dispatch"]) == [
        "kind", "lead_unit_id", "lead_unit", "assist_unit_ids", "assist_units", "basis", "evidence", "candidates", "clarify",
    ]  # fmt: skip
    assert len(body["category_candidates"]) == 3
    assert 0 < body["confidence"] <= 1
    assert {"location", "district", "street", "time", "contact"} <= set(body["missing"])


def test_danger_comes_first(understander: Understander) -> None:
    said = understander.understand("楼道里煤气味特别大", at=AT)
    assert (said.urgency, said.category, said.kind) == ("S0", "020501", "求助")
    assert said.advice is not None
    assert "96777" in said.advice
    assert "开窗" in said.advice


def test_a_question_asks_nothing_back(understander: Understander) -> None:
    said = understander.understand("请问居住证怎么办理", at=AT)
    assert said.kind == "咨询"
    assert said.missing == ()
    assert said.dispatch is not None
    assert said.dispatch.kind == "知识库直接答复"


def test_several_matters_have_a_leaf_and_a_unit_each(understander: Understander) -> None:
    said = understander.understand("朝阳区望京街道，一是楼道里飞线充电，二是路灯不亮", at=AT)
    assert len(said.issues) == 2
    assert all(issue.category and issue.lead_unit for issue in said.issues)
    assert said.issues[0].category == "090103"


def test_the_light_path_makes_no_vector(models_dir: Path) -> None:
    embedder = LetterEmbedder()
    understander = Understander(embedder, PROJECT / "content", models_dir=models_dir)
    before = embedder.calls
    said = understander.understand("昨天望京街道停水了", at=AT, with_category=False)
    assert embedder.calls == before
    assert (said.category, said.dispatch) == (None, None)
    assert said.street == "望京街道"


def test_a_damaged_model_is_learnt_again(models_dir: Path, understander: Understander) -> None:
    path = models_dir / "understanding.bin"
    path.write_bytes(path.read_bytes()[:-100])
    again = Understander(LetterEmbedder(), PROJECT / "content", models_dir=models_dir)
    assert again.understand("路灯不亮", at=AT).category == understander.understand("路灯不亮", at=AT).category


@pytest.mark.parametrize(
    "text", ["", " ", "？", "😡", "a\0b", "\ud800", "<script>alert(1)</script>", "啊" * 20000]
)
def test_odd_text_is_understood_somehow(understander: Understander, text: str) -> None:
    body = understander.understand(text, at=AT).as_json()
    assert body["issue_count"] >= 1
    assert body["emergency"] is False


def test_each_matter_of_a_message_has_its_own_fields(understander: Understander) -> None:
    text = "反映两个事，一是朝阳区望京街道和畅嘉园5号楼电梯从上周三坏到现在，二是通州区梨园镇棠梨苑门口昨天开始堆垃圾"
    lift, rubbish = understander.understand(text, at=AT).issues
    assert lift.place is not None
    assert rubbish.place is not None
    assert (lift.place.street, rubbish.place.street) == ("望京街道", "梨园镇")
    assert lift.occurred is not None
    assert rubbish.occurred is not None
    assert (lift.occurred.start, rubbish.occurred.start) == ("2026-11-18", "2026-11-22")
    assert (lift.category, rubbish.category) == ("030104", "050101")


@pytest.mark.parametrize(
    "text",
    [
        "谢谢你们啊，上回反映的路灯两天就给修好了，街道的小伙子还打电话问我，真不赖",
        "给望京街道的网格员点个赞，暖气漏水他大半夜帮我关的阀门",
    ],
)
def test_thanks_are_praise_and_not_the_matter_that_was_solved(understander: Understander, text: str) -> None:
    understood = understander.understand(text, at=AT)
    assert (understood.kind, understood.category) == ("表扬", "160701")
