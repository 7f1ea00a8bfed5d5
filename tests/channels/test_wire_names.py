"""Zalo's names for things are known to `channels/zalo_*` alone, and to what stands in for Zalo."""

import re
from pathlib import Path

ROOM = Path(__file__).parents[2] / "nhipcau"
WIRE = re.compile(r"user_send_|oa_send_|/v[23]\.0/|oa\.query|X-ZEvent|message\.\w+\.received")


def test_zalo_s_wire_names_stand_in_its_own_files() -> None:
    elsewhere = [
        f"{path.relative_to(ROOM)}:{number}"
        for path in ROOM.rglob("*.py")
        if not (path.parent.name == "channels" and path.name.startswith("zalo_")) and path.parent.name != "emulators"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WIRE.search(line)
    ]
    assert elsewhere == []
