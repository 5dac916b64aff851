"""Files of cases: joined, copied where the case is anonymous, read by staff, forgotten with their citizen; in a folder or on S3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from moto.server import ThreadedMotoServer

from bot.attachments import FileStore, attach, attachments_of_case, content_of, count_of_case, open_store
from bot.attachments.jobs import Porter
from bot.attachments.keeping import Keeper
from bot.attachments.removal import sweep
from bot.attachments.scan import Scanner
from bot.attachments.sealed import name_of
from bot.attachments.store import StoreAway
from bot.cases import CaseDraft, FiledCase, file_case
from bot.connector.media import Fetched
from bot.custody import erase, expire, use_link_code
from bot.errors import CaseNotFound, ConfigError
from bot.identity import (
    CitizenRef,
    LinkOutcome,
    citizen_by_id,
    find_or_create,
    new_link_code,
    parse_link_code,
)
from bot.settings import Settings
from bot.storage import Database
from bot.storage.sealing import Vault
from bot.storage.secrets import api_key, get_vault
from serve.app import create_app
from tests.support.light_services import light_services
from tests.unit.attachments import pictures as make

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
DRAFT = CaseDraft(kind="投诉", title="路灯", content="路灯不亮", channel="letter", district="朝阳区")
BUCKET, KEY, SECRET = "suda-files", "test-key", "test-secret-of-moto"


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A real S3-compatible server; yields its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def settings_of(folder: Path, **others: Any) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **others)


def bucket_of(s3: str, name: str = BUCKET) -> Any:
    import boto3

    client = boto3.client(
        "s3", endpoint_url=s3, aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="us-east-1"
    )
    client.create_bucket(Bucket=name)
    return client


def on_s3(folder: Path, s3: str, bucket: str = BUCKET) -> Settings:
    return settings_of(
        folder,
        attachments=f"s3://{bucket}/files/of/suda",
        attachments_endpoint=s3,
        attachments_key=KEY,
        attachments_secret=SECRET,
    )


class Office:
    """What a test does with cases and files."""

    def __init__(self, database: Database, vault: Vault, store: FileStore) -> None:
        self.database, self.vault, self.store = database, vault, store
        self._keeper = Keeper(database, store, Scanner(None))
        self._inbox = 0

    async def citizen(self, who: str = "甲") -> CitizenRef:
        async with self.database.session() as session, session.begin():
            return await find_or_create(session, self.vault, "letter", who, AT)

    async def sends(self, citizen: CitizenRef, content: bytes | None = None, kind: Any = "photo") -> int:
        self._inbox += 1
        fetched = Fetched(content or make.photo(), "张三13900000001的照片.jpg")
        received = await self._keeper.keep(citizen, self._inbox, 0, kind, fetched)
        assert received.id is not None
        return received.id

    async def files(self, citizen: CitizenRef, **changes: Any) -> FiledCase:
        self._inbox += 1
        async with self.database.session() as session, session.begin():
            return await file_case(
                session,
                replace(DRAFT, **changes),
                vault=self.vault,
                inbox_id=self._inbox,
                issue=0,
                citizen=citizen,
                at=AT,
            )

    async def attaches(self, number: str, citizen: CitizenRef, *ids: int) -> int:
        async with self.database.session() as session, session.begin():
            return await attach(session, self.store, self.vault, number, citizen, ids, AT)

    async def listed(self, number: str) -> list[Any]:
        async with self.database.session() as session:
            return await attachments_of_case(session, self.vault, number)

    async def reads(self, number: str, one: int, **options: Any) -> bytes | None:
        async with self.database.session() as session:
            return await content_of(session, self.store, self.vault, number, one, **options)

    async def rows(self, statement: str, *values: Any) -> list[Any]:
        async with self.database.session() as session, session.begin():
            connection = await session.connection()
            result = await connection.exec_driver_sql(statement, values or None)
            return [tuple(row) for row in result] if result.returns_rows else []

    async def sweeps(self) -> int:
        return await sweep(self.database, self.store, settle=timedelta(0))


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    settings = settings_of(tmp_path)
    return Office(database, get_vault(settings), open_store(settings))


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "attachments").rglob("*") if path.is_file()}


async def test_a_photo_belongs_to_its_case_and_staff_can_read_it(office: Office) -> None:
    citizen = await office.citizen()
    photo, paper = await office.sends(citizen), await office.sends(citizen, make.PDF, "file")
    case = (await office.files(citizen)).case_number
    assert await office.attaches(case, citizen, photo, paper) == 2
    assert await office.attaches(case, citizen, photo, paper) == 2  # again changes nothing
    first, second = await office.listed(case)
    assert (first.kind, first.media_type, first.has_thumbnail) == ("photo", "image/jpeg", True)
    assert (second.kind, second.media_type, second.has_thumbnail, second.size) == (
        "file",
        "application/pdf",
        False,
        len(make.PDF),
    )
    content = await office.reads(case, first.id)
    assert content is not None
    assert len(content) == first.size
    assert await office.reads(case, second.id) == make.PDF
    small = await office.reads(case, first.id, thumbnail=True)
    assert small is not None
    assert len(small) < len(content)
    assert await office.reads(case, second.id, thumbnail=True) is None


async def test_nobody_elses_file_and_nobody_elses_case(office: Office) -> None:
    mine, other = await office.citizen("甲"), await office.citizen("乙")
    photo = await office.sends(other)
    case = (await office.files(mine)).case_number
    assert await office.attaches(case, mine, photo) == 0
    with pytest.raises(CaseNotFound):
        await office.attaches(case, other, photo)
    assert await office.listed(case) == []
    assert await office.reads(case, photo) is None


async def test_a_case_has_nine_files_at_most(office: Office) -> None:
    citizen = await office.citizen()
    ids = [await office.sends(citizen, make.PDF + str(n).encode(), "file") for n in range(11)]
    case = (await office.files(citizen)).case_number
    assert await office.attaches(case, citizen, *ids[:5]) == 5
    assert await office.attaches(case, citizen, *ids) == 9
    async with office.database.session() as session:
        assert await count_of_case(session, case, citizen) == 9


async def test_one_photo_may_belong_to_several_cases(office: Office) -> None:
    citizen = await office.citizen()
    photo = await office.sends(citizen)
    cases = [(await office.files(citizen)).case_number for _ in range(2)]
    for case in cases:
        await office.attaches(case, citizen, photo)
    assert [[one.id for one in await office.listed(case)] for case in cases] == [[photo], [photo]]


async def test_an_anonymous_cases_photo_leads_to_nobody(office: Office, tmp_path: Path) -> None:
    citizen = await office.citizen()
    photo = await office.sends(citizen)
    before = stored(tmp_path)
    filed = await office.files(citizen, anonymous=True)
    assert filed.tracking_code is not None
    assert await office.attaches(filed.tracking_code, citizen, photo) == 1
    assert await office.attaches(filed.tracking_code, citizen, photo) == 1  # a repeated turn
    (copy,) = await office.listed(filed.case_number)
    assert copy.id != photo
    assert "13900000001" not in copy.name
    assert await office.reads(filed.case_number, copy.id) is not None

    theirs, nobodys = await office.rows(
        "SELECT citizen_id, inbox_id, origin, object_name, thumb_name, sealed, position FROM attachment ORDER BY id"
    )
    assert nobodys[:2] == (None, None)
    assert not {value for value in theirs if value} & {value for value in nobodys if value}
    # Neither the name, nor the content, nor the length of what is stored is the same as of the citizen's own.
    after = stored(tmp_path)
    copies = {name: content for name, content in after.items() if name not in before}
    assert len(copies) == 2
    assert {name: after[name] for name in before} == before
    assert len({len(content) for content in after.values()}) == 1  # all of one length: all are filled up

    # What the copy was made of is known only to whoever has the citizen's key.
    names = {name_of(citizen.key, b"x"), theirs[3]}
    assert nobodys[3] not in names


async def test_an_anonymous_copy_outlives_its_citizen_and_their_own_does_not(
    office: Office, tmp_path: Path
) -> None:
    citizen = await office.citizen()
    photo, named = await office.sends(citizen), (await office.files(citizen)).case_number
    filed = await office.files(citizen, anonymous=True)
    await office.attaches(named, citizen, photo)
    await office.attaches(filed.tracking_code or "", citizen, photo)
    kept_name = (await office.rows("SELECT object_name FROM attachment WHERE citizen_id IS NULL"))[0][0]
    async with office.database.session() as session, session.begin():
        erased = await erase(session, citizen.id, AT)
    assert erased.attachments == 1
    assert await office.listed(named) == []
    assert await office.sweeps() == 2
    assert await office.sweeps() == 0
    (copy,) = await office.listed(filed.case_number)
    assert await office.reads(filed.case_number, copy.id) is not None
    assert kept_name in stored(tmp_path)
    assert len(stored(tmp_path)) == 2


async def test_what_is_older_than_the_retention_goes_unless_a_case_needs_it(
    office: Office, tmp_path: Path
) -> None:
    citizen = await office.citizen()
    in_case, loose = await office.sends(citizen), await office.sends(citizen, make.PDF, "file")
    again = await office.sends(citizen)  # the very photo that the case has
    case = (await office.files(citizen)).case_number
    await office.attaches(case, citizen, in_case)
    await office.rows("UPDATE attachment SET created_at = created_at - interval '100 days'")
    young = await office.sends(citizen, make.PDF + b"young", "file")
    await expire(office.database, datetime.now(UTC), timedelta(days=90))
    assert await office.rows("SELECT id FROM attachment ORDER BY id") == [(in_case,), (young,)]
    assert {loose, again} & {in_case, young} == set()
    assert await office.sweeps() == 1  # the loose one; the photo is still the case's
    assert await office.reads(case, in_case) is not None
    assert len(stored(tmp_path)) == 3


async def test_recordings_go_after_a_time_of_their_own_also_out_of_their_case_and_photos_stay(
    office: Office, tmp_path: Path
) -> None:
    citizen = await office.citizen()
    voice, photo = await office.sends(citizen, make.AMR, "voice"), await office.sends(citizen)
    loose = await office.sends(citizen, make.AMR + b"loose", "voice")
    case = (await office.files(citizen)).case_number
    await office.attaches(case, citizen, voice, photo)
    await office.rows("UPDATE attachment SET created_at = created_at - interval '31 days'")
    young = await office.sends(citizen, make.AMR + b"young", "voice")
    await office.attaches(case, citizen, young)

    def porter(days: int | None) -> Porter:
        recordings = None if days is None else timedelta(days=days)
        return Porter(office.database, office.store, office.vault, Scanner(None), recordings=recordings)

    assert await porter(None).expire() == 0
    assert await porter(60).expire() == 0
    # In the case, and the one of no case.
    assert await porter(30).expire() == 2
    assert await porter(30).expire() == 0
    assert [one.id for one in await office.listed(case)] == [photo, young]
    assert await office.reads(case, voice) is None
    assert await office.rows(
        "SELECT id, state, object_name, sealed FROM attachment WHERE error_code = 'expired' AND citizen_id IS NOT NULL"
    ) == [(voice, "refused", None, None), (loose, "refused", None, None)]
    assert await office.sweeps() == 2
    assert len(stored(tmp_path)) == 3  # the photo, its thumbnail, the young note
    assert await office.attaches(case, citizen, voice) == 0, "what is gone does not come again"


async def test_an_anonymous_case_has_no_recording_of_a_voice(office: Office) -> None:
    citizen = await office.citizen()
    voice, photo = await office.sends(citizen, make.AMR, "voice"), await office.sends(citizen)
    anonymous = (await office.files(citizen, anonymous=True)).tracking_code or ""
    assert await office.attaches(anonymous, citizen, voice, photo) == 1
    assert [one.kind for one in await office.listed(anonymous)] == ["photo"]


async def test_an_old_recording_stays_in_the_store_while_a_young_one_is_the_same(
    office: Office, tmp_path: Path
) -> None:
    citizen = await office.citizen()
    await office.sends(citizen, make.AMR, "voice")
    await office.rows("UPDATE attachment SET created_at = created_at - interval '31 days'")
    again, case = await office.sends(citizen, make.AMR, "voice"), (await office.files(citizen)).case_number
    await office.attaches(case, citizen, again)
    keeps = timedelta(days=30)
    porter = Porter(office.database, office.store, office.vault, Scanner(None), recordings=keeps)
    assert await porter.expire() == 1
    await office.sweeps()
    assert await office.reads(case, again) == make.AMR


async def test_a_file_that_is_sent_again_while_it_waits_for_removal_stays(
    office: Office, tmp_path: Path
) -> None:
    citizen = await office.citizen()
    await office.sends(citizen, make.PDF, "file")
    await office.rows("UPDATE attachment SET created_at = created_at - interval '100 days'")
    await expire(office.database, datetime.now(UTC), timedelta(days=90))
    await office.sends(citizen, make.PDF, "file")
    assert await office.sweeps() == 0
    assert len(stored(tmp_path)) == 1


async def test_after_linking_two_channels_files_of_before_are_read_and_joined(office: Office) -> None:
    old, today = await office.citizen("微信"), await office.citizen("网页")
    photo, late = await office.sends(old), await office.sends(old, make.PDF, "file")
    case = (await office.files(old)).case_number
    await office.attaches(case, old, photo)
    async with office.database.session() as session, session.begin():
        code = await new_link_code(session, office.vault, today, AT)
        said = parse_link_code(code.code) or ""
        assert await use_link_code(session, office.vault, said, old, "letter", AT) == LinkOutcome.LINKED
    assert await office.reads(case, photo) is not None
    assert await office.attaches(case, today, late) == 1
    assert await office.reads(case, late) == make.PDF
    async with office.database.session() as session, session.begin():
        assert (await erase(session, today.id, AT)).attachments == 2
        assert await citizen_by_id(session, office.vault, old.id) is None
    assert await office.listed(case) == []


async def test_the_same_on_s3_and_nothing_but_sealed_objects_lies_there(
    database: Database, tmp_path: Path, s3: str
) -> None:
    client = bucket_of(s3)
    settings = on_s3(tmp_path, s3)
    office = Office(database, get_vault(settings), open_store(settings))
    citizen = await office.citizen()
    photo = await office.sends(citizen)
    case = (await office.files(citizen)).case_number
    await office.attaches(case, citizen, photo)
    content = await office.reads(case, photo)
    assert content is not None
    objects = client.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert len(objects) == 2
    for one in objects:
        folder, _, name = one["Key"].removeprefix("files/of/suda/").partition("/")
        assert (len(folder), len(name)) == (2, 64)
        lies = client.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read()
        assert lies[:1] == b"\x01"
        assert content[:64] not in lies
        assert b"JFIF" not in lies
    async with database.session() as session, session.begin():
        await erase(session, citizen.id, AT)
    assert await office.sweeps() == 2
    assert client.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


async def test_a_store_that_is_away_says_so_and_removes_later(
    database: Database, tmp_path: Path, s3: str
) -> None:
    settings = on_s3(tmp_path, s3, "no-such-bucket")
    office = Office(database, get_vault(settings), open_store(settings))
    citizen = await office.citizen()
    with pytest.raises(StoreAway) as away:
        await office.sends(citizen)
    assert "no-such-bucket" not in str(away.value)
    assert SECRET not in str(away.value)
    assert await office.rows("SELECT count(*) FROM attachment") == [(0,)]
    nowhere = on_s3(tmp_path, "http://127.0.0.1:9")
    there = Office(database, get_vault(settings), open_store(nowhere))
    await office.rows("INSERT INTO attachment_gone (object_name) VALUES ('ab12')")
    with pytest.raises(StoreAway):
        await there.sweeps()
    assert await office.rows("SELECT count(*) FROM attachment_gone") == [(1,)]


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ({"attachments": "s3://bucket"}, "SUDA_ATTACHMENTS_KEY"),
        ({"attachments": "ftp://bucket"}, "SUDA_ATTACHMENTS"),
        ({"attachments": "/proc/no/such"}, "SUDA_ATTACHMENTS"),
    ],
)
def test_a_wrong_store_names_its_setting(tmp_path: Path, others: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        open_store(settings_of(tmp_path, **others))


async def test_callers_with_the_key_list_and_fetch_a_cases_files(
    database_url: str, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings = settings_of(tmp_path, engine_url="http://127.0.0.1:9")
    citizen = await office.citizen()
    photo, other = await office.sends(citizen), await office.sends(citizen, make.PDF, "file")
    case = (await office.files(citizen)).case_number
    await office.attaches(case, citizen, photo)
    app = create_app(settings, build=light_services)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://suda.test") as caller,
    ):
        where = f"/api/cases/{case}/attachments"
        for path in (where, f"{where}/{photo}"):
            assert (await caller.get(path)).status_code == 401
            assert (await caller.get(path, headers={"X-API-Key": "wrong"})).status_code == 401
        caller.headers["X-API-Key"] = api_key(settings)
        (listed,) = (await caller.get(where)).json()["attachments"]
        assert (listed["id"], listed["media_type"], listed["scan"]) == (photo, "image/jpeg", "off")
        whole, small = (
            await caller.get(f"{where}/{photo}"),
            await caller.get(f"{where}/{photo}?thumbnail=true"),
        )
        assert whole.headers["content-type"] == "image/jpeg"
        assert whole.headers["content-disposition"].startswith("attachment")
        assert whole.headers["x-content-type-options"] == "nosniff"
        assert whole.content == await office.reads(case, photo)
        assert 0 < len(small.content) < len(whole.content)
        assert (await caller.get(f"{where}/{other}")).status_code == 404
        assert (await caller.get(f"/api/cases/SD-0000-00000/attachments/{photo}")).status_code == 404
        await office.rows("UPDATE attachment SET scan = 'unscanned'")
        assert (await caller.get(f"{where}/{photo}")).status_code == 409
