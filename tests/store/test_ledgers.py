"""The ledger: transitions, claims, holds and the chain, on both databases."""

from __future__ import annotations

import asyncio
import json
import os
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from records import SAID, Opener, record
from sqlalchemy import Connection, text

from kubesteer.adapters.store import migrations
from kubesteer.adapters.store.databases import Database
from kubesteer.adapters.store.ledgers import SqlLedger
from kubesteer.adapters.store.openings import open_ledger
from kubesteer.adapters.store.owners import lives, this_owner
from kubesteer.adapters.store.seals import KEY_FILE
from kubesteer.core.errors import Misconfigured, Refused, StoreError
from kubesteer.core.ledgers import Ledger


async def test_what_was_kept_is_there_for_another_process(opened: Opener) -> None:
    kept = await opened().begin(record(), b"secret", SAID)
    other = opened()
    assert await other.record(kept.id) == kept
    assert await other.particulars(kept.id) == b"secret"
    (entry,) = await other.entries(kept.id)
    assert (entry.event, entry.by, entry.text, entry.data) == ("said", "ann", SAID.text, {"n": 1})


async def test_records_come_newest_first(opened: Opener) -> None:
    ledger = opened()
    for letter in "abc":
        await ledger.begin(record(f"chg-{letter * 10}", name=letter), b"", SAID)
    await ledger.advance(replace(await ledger.record("chg-bbbbbbbbbb"), state="rejected"), SAID)
    assert [r.id[4] for r in await ledger.records()] == ["c", "b", "a"]
    assert [r.id[4] for r in await ledger.records(limit=1)] == ["c"]
    assert [r.id[4] for r in await ledger.records(states=frozenset({"rejected"}))] == ["b"]
    assert await ledger.records(cluster="c2") == []


async def test_a_record_that_is_not_there(opened: Opener) -> None:
    ledger = opened()
    for attempt in (
        ledger.record("chg-zzzzzzzzzz"),
        ledger.particulars("x"),
        ledger.claim("x"),
        ledger.note("x", SAID),
    ):
        with pytest.raises(Refused, match="There is no change"):
            await attempt


async def test_of_many_transitions_from_one_version_one_wins(opened: Opener) -> None:
    kept = await opened().begin(record(), b"", SAID)
    others = [opened() for _ in range(20)]

    async def approve(ledger: Ledger, by: str) -> bool:
        try:
            await ledger.advance(replace(kept, state="approved", approved_by=(by,)), SAID)
        except Refused:
            return False
        return True

    won = await asyncio.gather(*(approve(ledger, f"user{n}") for n, ledger in enumerate(others)))
    assert won.count(True) == 1
    now = await opened().record(kept.id)
    assert now.approved_by == (f"user{won.index(True)}",)
    assert len(await opened().entries()) == 2


async def test_a_refused_transition_leaves_no_line(opened: Opener) -> None:
    ledger = opened()
    kept = await ledger.begin(record(), b"", SAID)
    with pytest.raises(Refused):
        await ledger.advance(replace(kept, version=7), SAID)
    assert len(await ledger.entries()) == 1
    assert (await ledger.verify()).intact


async def test_an_approval_takes_hold_of_its_objects(opened: Opener) -> None:
    ledger = opened()
    first = await ledger.begin(record("chg-aaaaaaaaaa"), b"", SAID)
    second = await ledger.begin(record("chg-bbbbbbbbbb"), b"", SAID)
    elsewhere = await ledger.begin(record("chg-cccccccccc", cluster="c2"), b"", SAID)
    first = await ledger.advance(replace(first, state="approved"), SAID)
    with pytest.raises(Refused, match="chg-aaaaaaaaaa, is under way on Deployment shop/web"):
        await ledger.advance(replace(second, state="approved"), SAID)
    await ledger.advance(replace(elsewhere, state="approved"), SAID)
    await ledger.advance(replace(first, state="done"), SAID)
    await ledger.advance(replace(second, state="approved"), SAID)


async def test_a_claim_excludes_others_until_it_is_given_up(opened: Opener) -> None:
    ours, theirs = opened(), opened()
    kept = await ours.begin(record(), b"", SAID)
    assert await ours.claim(kept.id)
    assert await ours.claim(kept.id)
    assert not await theirs.claim(kept.id)
    with pytest.raises(Refused, match="taken this change over"):
        await theirs.advance(replace(kept, state="executing"), SAID, claimed=True)
    await theirs.release(kept.id)
    assert not await theirs.claim(kept.id)
    await ours.release(kept.id)
    assert await theirs.claim(kept.id)
    with pytest.raises(Refused, match="taken this change over"):
        await ours.advance(replace(kept, state="executing"), SAID, claimed=True)


async def test_the_claim_of_a_dead_process_is_void(opened: Opener) -> None:
    told = json.loads(this_owner())
    dead = opened(json.dumps(told | {"started": "long ago"}))
    kept = await dead.begin(record(), b"", SAID)
    assert await dead.claim(kept.id)
    assert await opened().claim(kept.id)


async def test_a_claim_from_another_machine_lasts_its_time(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(this_owner())
    far = opened(json.dumps(told | {"host": "far-away"}))
    kept = await far.begin(record(), b"", SAID)
    assert await far.claim(kept.id)
    assert not await opened().claim(kept.id)
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert await opened().claim(kept.id)


async def test_a_clock_that_jumps_takes_no_claim_from_the_living(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = opened(), opened()
    kept = await ours.begin(record(), b"", SAID)
    assert await ours.claim(kept.id)
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert not await theirs.claim(kept.id)


def test_who_lives() -> None:
    ours = this_owner()
    assert lives(ours) is True
    told = json.loads(ours)
    assert lives(json.dumps(told | {"pid": 2**22 + 1})) is False
    assert lives(json.dumps(told | {"started": "long ago"})) is False
    assert lives(json.dumps(told | {"host": "far-away", "pid": 2**22 + 1})) is None
    assert lives(json.dumps(told | {"namespace": "pid:[1]", "pid": 2**22 + 1})) is None
    for nonsense in ("", "{", "[]", '{"host": 1}', '{"host": "a", "pid": "x", "started": ""}'):
        assert lives(nonsense) is None


TAMPERINGS: dict[str, tuple[str, str]] = {
    "a line altered": (
        "UPDATE kubesteer_lines SET text_en = 'other' WHERE sequence = 2",
        "Line 2 .* was altered",
    ),
    "a line's author altered": (
        "UPDATE kubesteer_lines SET \"by\" = 'eve' WHERE sequence = 2",
        "Line 2 .* was altered",
    ),
    "a line taken out": ("DELETE FROM kubesteer_lines WHERE sequence = 2", "Line 2 is missing"),
    "the first line taken out": ("DELETE FROM kubesteer_lines WHERE sequence = 1", "Line 1 is missing"),
    "the end cut off": ("DELETE FROM kubesteer_lines WHERE sequence > 2", "Lines 3 to 4 are missing"),
    "all lines gone": ("DELETE FROM kubesteer_lines", "Lines 1 to 4 are missing"),
    "a record altered": (
        "UPDATE kubesteer_changes SET record = replace(record, 'ann', 'eve') WHERE id = 'chg-aaaaaaaaaa'",
        "record of chg-aaaaaaaaaa was altered",
    ),
    "a state altered": (
        "UPDATE kubesteer_changes SET state = 'approved' WHERE id = 'chg-bbbbbbbbbb'",
        "state of chg-bbbbbbbbbb was altered",
    ),
    "a record made nonsense": ("UPDATE kubesteer_changes SET record = '{'", "was altered"),
    "a record gone": (
        "DELETE FROM kubesteer_changes WHERE id = 'chg-aaaaaaaaaa'",
        "record of chg-aaaaaaaaaa is missing",
    ),
    "the end and its trace cut off": (
        "DELETE FROM kubesteer_lines WHERE sequence = 4; UPDATE kubesteer_head SET sequence = 3,"
        " hash = (SELECT hash FROM kubesteer_lines WHERE sequence = 3)",
        "last line about chg-bbbbbbbbbb is missing",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_no_tampering_goes_unnoticed(opened: Opener, url: str, tmp_path: Path, name: str) -> None:
    ledger = opened()
    for letter in "ab":
        kept = await ledger.begin(record(f"chg-{letter * 10}", name=letter), b"", SAID)
        await ledger.advance(replace(kept, state="rejected"), SAID)
    assert (await ledger.verify()).intact
    statements, told = TAMPERINGS[name]
    database = Database(tmp_path / "state", url)

    def tamper(connection: Connection) -> None:
        for statement in statements.split(";"):
            connection.execute(text(statement))

    await database.write(tamper)
    await database.close()
    verdict = await ledger.verify()
    assert not verdict.intact
    assert re.search(told, verdict.text.en)


async def test_what_is_sealed_cannot_be_read_from_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    ledger = open_ledger(folder)
    await ledger.begin(record(), b"hunter2" * 50, SAID)
    await ledger.close()
    for file in folder.iterdir():
        assert b"hunter2" not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        await test_what_is_sealed_cannot_be_read_from_the_files(tmp_path)
    finally:
        os.umask(before)


async def test_another_key_opens_nothing(opened: Opener, tmp_path: Path) -> None:
    kept = await opened().begin(record(), b"secret", SAID)
    (tmp_path / "state" / KEY_FILE).unlink()
    with pytest.raises(StoreError, match="cannot be opened"):
        await opened().particulars(kept.id)


async def test_a_ledger_of_the_first_version_is_upgraded(opened: Opener, url: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:1])
        old = Database(tmp_path / "state", url)
        await old.write(lambda connection: connection.execute(text(_OLD_RECORD)))
        await old.close()
    ledger = opened()
    kept = await ledger.record("chg-aaaaaaaaaa")
    assert (kept.state, kept.version) == ("proposed", 1)
    assert await ledger.claim(kept.id)
    assert (await ledger.advance(replace(kept, state="approved"), SAID)).version == 2
    reopened = opened()
    assert (await reopened.record(kept.id)).state == "approved"


_OLD_RECORD = """
INSERT INTO kubesteer_changes VALUES ('chg-aaaaaaaaaa', 'proposed', 'c1', 1, 0, 0, '{"id":"chg-aaaaaaaaaa",
"state":"proposed","cluster":"c1","server"\\:"https://one","asked_by":"ann","words":"w","language":"en",
"created_at":"2026-01-01T00\\:00\\:00.000Z","expires_at":"2026-01-01T01\\:00\\:00.000Z","risk":"medium","version"\\:1,
"steps":[{"operation":"scale","arguments":{},"diff":"","explained":{"zh":"z","en":"e"}}]}', '')
"""


async def test_a_ledger_of_a_newer_kubesteer_is_left_alone(opened: Opener, url: str, tmp_path: Path) -> None:
    newer = Database(tmp_path / "state", url)
    await newer.write(lambda connection: connection.execute(text("UPDATE kubesteer_schema SET version = 99")))
    await newer.close()
    with pytest.raises(StoreError, match="newer kubesteer"):
        await opened().records()


async def test_two_processes_may_open_a_new_ledger_at_once(opened: Opener) -> None:
    ledgers = [opened() for _ in range(8)]
    found = await asyncio.gather(*(ledger.records() for ledger in ledgers))
    assert found == [[]] * 8


async def test_a_locked_database_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubesteer.adapters.store.databases.BUSY_SECONDS", 0.1)
    one, other = Database(tmp_path), Database(tmp_path)
    await one.write(lambda _connection: None)
    await other.write(lambda _connection: None)
    ledger = SqlLedger(other)

    def hold(connection: Connection) -> StoreError:
        async def attempt() -> StoreError:
            with pytest.raises(StoreError, match="keeps the ledger locked") as trouble:
                await ledger.begin(record(), b"", SAID)
            return trouble.value

        connection.execute(text("UPDATE kubesteer_head SET sequence = sequence"))
        return asyncio.run(attempt())

    trouble = await one.write(hold)
    assert trouble.remedy is not None
    assert "kubesteer resume" in trouble.remedy.en
    await one.close()
    await ledger.begin(record(), b"", SAID)
    await ledger.close()


async def test_a_full_disk_is_told_and_nothing_half_is_kept(tmp_path: Path) -> None:
    database = Database(tmp_path)
    ledger = SqlLedger(database)
    kept = await ledger.begin(record(), b"", SAID)

    def fill(connection: Connection) -> None:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))

    await database.read(fill)
    huge = replace(kept, words="x" * 1_000_000, state="approved")
    with pytest.raises(StoreError, match="disk is full"):
        await ledger.advance(huge, SAID)
    assert (await ledger.record(kept.id)).state == "proposed"
    assert (await ledger.verify()).intact
    await ledger.close()


async def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"this is no database" * 100)
    ledger = open_ledger(tmp_path)
    with pytest.raises(StoreError, match="damaged"):
        await ledger.records()
    await ledger.close()


async def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ledger = open_ledger(tmp_path / "file" / "state")
    with pytest.raises(StoreError, match="Cannot use the folder"):
        await ledger.records()
    await ledger.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db", "http://host", "sqlite://"])
async def test_a_url_that_is_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(Misconfigured, match="KUBESTEER_STORE"):
        open_ledger(tmp_path, url)


async def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, "postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreError, match="cannot be reached"):
        await ledger.records()
    await ledger.close()


async def test_a_sqlite_file_may_lie_elsewhere(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "state", f"sqlite:///{tmp_path}/other.sqlite")
    kept = await ledger.begin(record(), b"", SAID)
    assert await ledger.record(kept.id) == kept
    assert (tmp_path / "other.sqlite").exists()
    await ledger.close()
