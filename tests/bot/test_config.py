"""The configuration is understood whole, or refused in one sentence that names the key."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from nhipcau.bot.config import Config, ConfigError, Secrets, load_config, load_secrets
from tests.conftest import KEY

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

REFUSED = [
    ("[telegramm]\nenabled = true", "telegramm"),
    ("[telegram]\nenable = true", "telegram.enable"),
    ('[telegram]\nenabled = "yes"', "telegram.enabled"),
    ('[telegram]\nmode = "push"', "telegram.mode"),
    ("[telegram]\nmessages_per_second = -1", "telegram.messages_per_second"),
    ("[telegram]\nmessages_per_second_per_chat = 1e9", "telegram.messages_per_second_per_chat"),
    ("[telegram]\nenabled = 1", "telegram.enabled"),
    ('[server]\nport = "8080"', "server.port"),
    ("[server]\nport = 70000", "server.port"),
    ("[server]\nport = 80.5", "server.port"),
    ("[database]\nkeep_messages_days = 0", "database.keep_messages_days"),
    ('[web_chat]\nembed_origins = "https://a.vn"', "web_chat.embed_origins"),
    ("[web_chat]\nembed_origins = [1]", "web_chat.embed_origins"),
    ("[web_chat]\nmessages_per_minute = 0", "web_chat.messages_per_minute"),
    ('[log]\nlevel = "LOUD"', "log.level"),
    ("union = 3", "union"),
    ('[union]\nname = ["a"]', "union.name"),
    ('telegram_token = "1:a"', "telegram_token"),
]


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return str(caught.value)


@pytest.mark.parametrize(("text", "key"), REFUSED)
def test_each_fault_is_one_sentence_that_names_the_key(tmp_path: Path, text: str, key: str) -> None:
    sentence = refusal(written(tmp_path, text))
    assert re.search(rf"the key {re.escape(key)}(\[\d\])? ", sentence), sentence
    assert sentence.count("\n") == 0
    assert sentence.endswith(".")


@pytest.mark.parametrize("text", ["[union", "a = ", b"\xff\xfe", "[a]\n[a]\n", '[union]\nname = "\0"'])
def test_what_is_no_toml_is_refused_by_the_file_name(tmp_path: Path, text: str | bytes) -> None:
    assert "config.toml is not valid TOML" in refusal(written(tmp_path, text))


def test_a_missing_file_says_what_to_copy(tmp_path: Path) -> None:
    assert "Copy config.example.toml" in refusal(tmp_path / "config.toml")


def test_a_folder_in_the_file_s_place_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path)


def test_an_empty_file_is_the_web_chat_alone(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, ""))
    assert config == Config()
    assert (config.web_chat.enabled, config.telegram.enabled) == (True, False)


def keys() -> Iterator[tuple[str, str]]:
    for section in msgspec.structs.fields(Config):
        for key in msgspec.structs.fields(section.type):
            yield section.name, key.name


def test_the_example_loads_and_fits_two_screens() -> None:
    assert load_config(EXAMPLE).union.name == "Liên đoàn Lao động tỉnh Đắk Lắk"
    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 80


def test_the_example_shows_every_key_with_its_default_and_a_remark() -> None:
    sections = re.split(r"^\[(\w+)\]$", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    shown = dict(zip(sections[::2], sections[1::2], strict=True))
    for section, key in keys():
        line = re.search(rf"^{key} = .*$", shown[section], re.MULTILINE)
        assert line, f"{section}.{key} is missing from config.example.toml"
        assert "  # " in line[0] or key == "enabled", f"{section}.{key} has no remark"
        if section != "union":
            assert getattr(getattr(load_config(EXAMPLE), section), key) == getattr(getattr(Config(), section), key)


# ---- secrets

TELEGRAM = "[telegram]\nenabled = true\n"
WEBHOOK = TELEGRAM + 'mode = "webhook"\n'
PUBLIC = '[server]\npublic_url = "https://bot.example.vn"\n'
TOKEN = {"NHIPCAU_TELEGRAM_TOKEN": "1:abc"}
KEYED = {"NHIPCAU_KEY": KEY}

MISSING = [
    (TELEGRAM, {}, "NHIPCAU_TELEGRAM_TOKEN"),
    (TELEGRAM, {"NHIPCAU_TELEGRAM_TOKEN": "  "}, "NHIPCAU_TELEGRAM_TOKEN"),
    (WEBHOOK, TOKEN, "server.public_url"),
    (PUBLIC.replace("https", "http") + WEBHOOK, TOKEN, "server.public_url"),
    (PUBLIC + WEBHOOK, TOKEN, "NHIPCAU_TELEGRAM_SECRET"),
    (TELEGRAM, {"NHIPCAU_TELEGRAM_TOKEN_FILE": "/nowhere/token"}, "NHIPCAU_TELEGRAM_TOKEN_FILE"),
    ("", {}, "nhipcau key new"),
    ("", {"NHIPCAU_KEY_FILE": "/nowhere/key"}, "NHIPCAU_KEY_FILE"),
    ("", {"NHIPCAU_KEY": "secret"}, "NHIPCAU_KEY is not a key"),
    ("", {"NHIPCAU_KEY": f"{KEY},secret"}, "NHIPCAU_KEY is not a key"),
    ("", {"NHIPCAU_KEY": ","}, "NHIPCAU_KEY is not a key"),
]


@pytest.mark.parametrize(("text", "environment", "named"), MISSING)
def test_a_missing_secret_is_named(tmp_path: Path, text: str, environment: dict[str, str], named: str) -> None:
    config = load_config(written(tmp_path, text))
    with pytest.raises(ConfigError, match=named):
        load_secrets(config, environment)


def test_without_telegram_no_secret_is_needed() -> None:
    assert load_secrets(Config(), KEYED) == Secrets(key=KEY)


def test_secrets_come_from_the_environment_or_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("1:abc\n")
    environment = {
        "NHIPCAU_TELEGRAM_TOKEN_FILE": str(tmp_path / "token"),
        "NHIPCAU_TELEGRAM_SECRET": " s3cret ",
    } | KEYED
    config = load_config(written(tmp_path, PUBLIC + WEBHOOK))
    assert load_secrets(config, environment) == Secrets("1:abc", "s3cret", key=KEY)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    environment = TOKEN | KEYED | {"NHIPCAU_TELEGRAM_TOKEN_FILE": str(tmp_path / "missing")}
    assert load_secrets(Config(), environment).telegram_token == "1:abc"


def test_a_file_of_secrets_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="NHIPCAU_TELEGRAM_TOKEN_FILE"):
        load_secrets(Config(), {"NHIPCAU_TELEGRAM_TOKEN_FILE": str(tmp_path / "token")})


def test_secrets_never_show_themselves() -> None:
    held = Secrets("1:abc", "s3cret", key=KEY)
    assert "abc" not in f"{held} {held!r} {[held]}"
    assert "s3cret" not in f"{held} {held!r} {[held]}"
    assert KEY not in f"{held} {held!r} {held.keyring!r}"
