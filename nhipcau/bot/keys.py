"""The file of the key: made for the demo, looked at for the doctor."""

import os
from pathlib import Path

from nhipcau.bot.config import KEY, Config
from nhipcau.store.engine import driver_url, is_sqlite
from nhipcau.store.keyring import new_key


def own_key(folder: Path) -> str:
    """The key in this folder, made at the first call; only its owner reads it."""
    file = folder / "key"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(new_key() + "\n")
    return file.read_text(encoding="ascii").strip()


def fault_of_key_file(config: Config) -> str:
    """What to mend about the file that holds the key, "" where nothing is amiss. Raises BadDatabaseUrl."""
    named = os.environ.get(f"{KEY}_FILE", "").strip()
    if os.environ.get(KEY, "").strip() or not named:
        return ""
    file = Path(named).resolve()
    if os.name != "nt" and file.stat().st_mode & 0o077:
        return f"others may read {named}; run: chmod 600 {named}"
    url = driver_url(config.database.url)
    if is_sqlite(url) and Path(str(url.database)).resolve().parent == file.parent:
        return "it lies in the same folder as the database: whoever takes the folder takes both; move it elsewhere."
    return ""
