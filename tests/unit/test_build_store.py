"""A store of builds: taken from by input hash, filled with a key, and never trusted without one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest
from channels import FaultyChannel

from checkouts import Checkout, make_checkout
from s3_server import BUCKET, S3Server
from wasmforge.build.store.keys import make_key, read_key
from wasmforge.build.store.statement import FORMAT, Refused, Statement, check, sign

PACKAGES = {"tool", "base", "user"}
STATEMENT = Statement("ab" * 32, "noarch/alpha-1.0-habababab_0.conda", "cd" * 32, 1000)


@dataclass(frozen=True)
class Filled:
    """A store in a folder that an owner has filled, and what is in it."""

    store: Path
    key: Path
    public: str
    packages: dict[str, str]  # those of the owner's channel, with their sha256

    def statement(self, name: str) -> Path:
        """The statement of a package."""
        (found,) = [file for file in self.store.glob("builds/*.json") if f"/{name}-1.0-" in file.read_text()]
        return found

    def package(self, name: str) -> Path:
        """The file of a package."""
        said = json.loads(json.loads(self.statement(name).read_text())["statement"])
        return self.store / "packages" / f"{said['sha256']}.conda"


def recipes(checkout: Checkout) -> Checkout:
    """A tool, a library that it builds, and a library that is built against that."""
    checkout.toy("tool", script=script("tool"), folder="emscripten-forge/toolchain", noarch=False)
    checkout.toy("base", script=script("base"), build=("tool",), test="test -f $PREFIX/share/base/name")
    checkout.toy("user", script=script("user"), host=("base",), run=("base",))
    return checkout


def script(name: str) -> str:
    """The same bytes in each checkout: without the working folder, which is another one there."""
    return f'mkdir -p "$PREFIX/share/{name}"\necho {name} > "$PREFIX/share/{name}/name"\n'


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    folder = tmp_path_factory.mktemp("owner")
    owner = recipes(make_checkout(folder))
    public = owner.run("store-key", str(folder / "key")).stdout.strip()
    store = folder / "store"
    done = owner.run(
        "build", "--all", variables={"WASMFORGE_STORE": str(store), "WASMFORGE_STORE_KEY": str(folder / "key")}
    )
    assert done.returncode == 0, done.stderr
    return Filled(store, folder / "key", public, owner.packages())


@pytest.fixture
def filled(owned: Filled, tmp_path: Path) -> Filled:
    """A copy of the store for a test to spoil."""
    return replace(owned, store=shutil.copytree(owned.store, tmp_path / "store"))


@pytest.fixture
def contributor(checkout: Checkout, filled: Filled, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A fresh checkout of one who trusts the owner, with the store as a folder."""
    monkeypatch.setenv("HOME", str(checkout.cache))
    for name in [name for name in os.environ if name.startswith(("WASMFORGE_STORE", "XDG_CONFIG"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WASMFORGE_STORE", str(filled.store))
    monkeypatch.setenv("WASMFORGE_STORE_TRUST", filled.public)
    return recipes(checkout)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def change(checkout: Checkout, name: str) -> None:
    with (checkout.root / "recipes" / name / "build.sh").open("a") as file:
        file.write("# changed\n")


def built(said: str) -> set[str]:
    return {name for name in PACKAGES if f" {name} build: done" in said}


def taken(said: str) -> set[str]:
    return {name for name in PACKAGES if f" {name} from the store: done" in said}


def test_each_package_is_signed(owned: Filled) -> None:
    statements = {name: check(owned.statement(name).read_bytes(), {owned.public}) for name in PACKAGES}
    for name, statement in statements.items():
        data = owned.package(name).read_bytes()
        assert (statement.sha256, statement.size) == (sha256(data).hexdigest(), len(data))
        assert statement.place.startswith(f"{'linux-64' if name == 'tool' else 'noarch'}/{name}-1.0-h")
        assert statement.input_hash[:8] in statement.place
        assert owned.statement(name).name == f"{statement.input_hash}-0.json"
    assert {path.name for path in owned.store.rglob("*") if path.is_file()} == {
        name for one in PACKAGES for name in (owned.statement(one).name, owned.package(one).name)
    }


@pytest.mark.parametrize("kind", ["folder", "http", "s3"])
def test_what_is_there_is_not_built(
    contributor: Checkout, filled: Filled, kind: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with ExitStack() as stack:
        if kind == "http":
            web = stack.enter_context(FaultyChannel(filled.store))
            web.spoil("", ["unavailable"])
            monkeypatch.setenv("WASMFORGE_STORE", web.url)
        if kind == "s3":
            bucket: S3Server = request.getfixturevalue("server")
            for file in filled.store.glob("*/*"):
                bucket.put(f"deep/{file.relative_to(filled.store)}", file.read_bytes())
            monkeypatch.setenv("WASMFORGE_STORE", f"s3://{BUCKET}/deep")
        plan = contributor.run("build", "user", "--dry-run").stdout.splitlines()
        assert sorted(line.split("-")[0] for line in plan) == ["fetch base", "fetch user"]
        assert contributor.packages() == {}
        said = contributor.build("user")
        # Neither has to be built, so neither needs the tool.
        assert (built(said), taken(said)) == (set(), {"base", "user"})
        assert contributor.packages() == filled.packages
        assert "up to date" in contributor.run("build", "user", variables={"WASMFORGE_STORE": ""}).stderr
        # The tool comes from there as soon as something is compiled.
        change(contributor, "base")
        said = contributor.build("base")
        assert (built(said), taken(said)) == ({"base"}, {"tool"})
        assert list((contributor.cache / "channel" / "linux-64").glob("tool-*.conda"))


def test_json_plans_leave_out_what_is_there(contributor: Checkout) -> None:
    change(contributor, "user")
    jobs = json.loads(contributor.run("build", "--all", "--dry-run", "--json").stdout)
    assert [job["name"] for job in jobs] == ["user"]


def test_an_older_build_makes_way(contributor: Checkout, filled: Filled) -> None:
    """The store is asked for the number that the build would get here."""
    contributor.toy("base", script=script("base"), build=("tool",), version="0.9")
    contributor.build("base")
    recipes(contributor)
    assert taken(contributor.build("--all")) == {"base", "user"}
    assert contributor.packages() == filled.packages
    change(contributor, "base")
    contributor.build("base")
    recipes(contributor)
    said = contributor.build("base")  # a second build of these inputs, but newer than the one between
    assert (built(said), taken(said)) == ({"base"}, set())


def spoil_bytes(filled: Filled) -> str:
    file = filled.package("base")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    return f"has {len(data)} of {len(data)} bytes, and the sha256"


def cut_short(filled: Filled) -> str:
    file = filled.package("base")
    size = file.stat().st_size
    file.write_bytes(file.read_bytes()[:-10])
    return f"has {size - 10} of {size} bytes"


def append(filled: Filled) -> str:
    with filled.package("base").open("ab") as file:
        file.write(b"more")
    return "bytes that were signed"


def take_away(filled: Filled) -> str:
    filled.package("base").unlink()
    return "does not exist"


def replay_other_name(filled: Filled) -> str:
    """What the owner signed for another package."""
    filled.statement("base").write_bytes(filled.statement("user").read_bytes())
    return "it is signed as noarch/user-1.0-"


def replay_other_package(filled: Filled) -> str:
    """The file of another package, under the name of this one."""
    filled.package("base").write_bytes(filled.package("user").read_bytes())
    return "and the sha256"


def edit_statement(filled: Filled) -> str:
    file = filled.statement("base")
    signed = json.loads(file.read_text())
    evil = filled.package("user")
    said = {**json.loads(signed["statement"]), "sha256": evil.stem, "size": evil.stat().st_size}
    file.write_text(json.dumps({**signed, "statement": json.dumps(said)}))
    return "its signature is wrong"


def sign_with_another_key(filled: Filled) -> str:
    key = make_key(filled.store.parent / "other")
    statement = check(filled.statement("base").read_bytes(), {filled.public})
    filled.statement("base").write_bytes(sign(statement, key))
    return f"it is signed with the key {key.public}, which is not one of the trusted keys"


def claim_the_trusted_key(filled: Filled) -> str:
    sign_with_another_key(filled)
    file = filled.statement("base")
    file.write_text(json.dumps({**json.loads(file.read_text()), "key": filled.public}))
    return "its signature is wrong"


def sign_other_inputs(filled: Filled) -> str:
    """The owner's mistake: a package of other inputs."""
    other = filled.package("user")
    statement = check(filled.statement("base").read_bytes(), {filled.public})
    wrong = replace(statement, sha256=other.stem, size=other.stat().st_size)
    filled.statement("base").write_bytes(sign(wrong, read_key(filled.key)))
    return "says that it was built from the input hash"


def spoil_json(filled: Filled) -> str:
    filled.statement("base").write_bytes(b"{")
    return "cannot be read"


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_bytes,
        cut_short,
        append,
        take_away,
        replay_other_name,
        replay_other_package,
        edit_statement,
        sign_with_another_key,
        claim_the_trusted_key,
        sign_other_inputs,
        spoil_json,
    ],
)
def test_what_is_not_as_signed_is_refused_and_built(
    contributor: Checkout, filled: Filled, spoil: Callable[[Filled], str]
) -> None:
    reason = spoil(filled)
    said = contributor.build("user")
    (line,) = [line for line in said.splitlines() if "refused" in line]
    assert line.startswith("the store's base-1.0-h") and reason in line and line.endswith("; it is built instead")
    assert (built(said), taken(said)) == ({"base"}, {"tool", "user"})
    assert contributor.packages() == filled.packages
    assert not [path for path in contributor.cache.iterdir() if path.name.startswith("store-")]


@pytest.mark.parametrize("times", [1, 3])
def test_a_download_that_breaks_off(
    contributor: Checkout, filled: Filled, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filled.package("base")
    with FaultyChannel(filled.store) as web:
        monkeypatch.setenv("WASMFORGE_STORE", web.url)
        web.spoil(file.name, ["cut"] * times)
        said = contributor.build("base")
    size = file.stat().st_size
    if times == 1:
        assert taken(said) == {"base"} and "not used" not in said
    else:
        (line,) = [line for line in said.splitlines() if "not used" in line]
        assert f"{web.url}packages/{file.name} cannot be read: {size // 2} of {size} bytes came (tried 3 times)" in line
        assert (built(said), taken(said)) == ({"tool", "base"}, set())
    name = next(name for name in filled.packages if name.startswith("base"))
    assert contributor.packages() == {name: filled.packages[name]}


@pytest.mark.parametrize("fault", ["forbidden", "stall", "reset"])
def test_a_server_that_fails(
    contributor: Checkout, filled: Filled, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WASMFORGE_TIMEOUT", "0.5")
    with FaultyChannel(filled.store) as web:
        monkeypatch.setenv("WASMFORGE_STORE", web.url)
        web.spoil("", [fault] * 9)
        said = contributor.build("base")
    assert said.count("not used any more") == 1 and built(said) == {"tool", "base"}


def test_a_store_that_cannot_be_reached(contributor: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyChannel(contributor.root) as web:
        closed = web.url.rstrip("/")
    monkeypatch.setenv("AWS_ENDPOINT_URL", closed)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    for address, reason in (
        (closed, "Connection refused"),
        (f"s3://{BUCKET}/store", "cannot read"),
        (str(contributor.root / "nowhere"), "there is no such folder"),
    ):
        change(contributor, "base")
        start = time.monotonic()
        said = contributor.run("build", "base", "--dry-run", variables={"WASMFORGE_STORE": address})
        assert said.returncode == 0
        assert f"the store {address} is not used any more" in said.stderr and reason in said.stderr
        assert said.stderr.count("not used any more") == 1
        assert "build base" in said.stdout
        assert time.monotonic() - start < 30
    assert built(contributor.run("build", "base", variables={"WASMFORGE_STORE": closed}).stderr) == {"tool", "base"}


def test_who_is_trusted(contributor: Checkout, filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = ("build", "base", "--dry-run")
    monkeypatch.delenv("WASMFORGE_STORE_TRUST")
    none = contributor.run(*plan)
    assert none.returncode == 2 and none.stderr.count("\n") == 1
    assert "WASMFORGE_STORE_TRUST" in none.stderr and "config.toml" in none.stderr
    bad = contributor.run(*plan, variables={"WASMFORGE_STORE_TRUST": f"{filled.public} short"})
    assert bad.returncode == 1 and "'short' is no public key" in bad.stderr
    # The config file says it once for all builds.
    config = Path(none.stderr.rpartition(" in ")[2].strip())
    config.parent.mkdir(parents=True)
    other = make_key(filled.store.parent / "other").public
    config.write_text(f'store = "{filled.store}"\nstore-trust = ["{other}", "{filled.public}"]\n')
    monkeypatch.delenv("WASMFORGE_STORE")
    assert "fetch base" in contributor.run(*plan).stdout
    # A variable comes first.
    assert "not one of the trusted keys" in contributor.run(*plan, variables={"WASMFORGE_STORE_TRUST": other}).stderr
    config.write_text(f'store = "{filled.store}"\nstore-trust = "{filled.public}"\n')
    wrong = contributor.run(*plan)
    assert wrong.returncode == 1 and "`store-trust` is not a list of public keys" in wrong.stderr
    # Whoever fills the store trusts their own key.
    config.write_text(f'store = "{filled.store}"\nstore-key = "{filled.key}"\n')
    assert "fetch base" in contributor.run(*plan).stdout
    config.write_text(f'store = "{filled.store}"\nstore-key = "{config}"\n')
    assert "cannot read the private key" in contributor.run(*plan).stderr


def test_a_key_is_made_once_and_for_its_owner(checkout: Checkout) -> None:
    file = checkout.cache / "new" / "key"
    public = checkout.run("store-key", str(file)).stdout.strip()
    assert read_key(file).public == public and len(public) == 44
    assert file.stat().st_mode & 0o777 == 0o600
    again = checkout.run("store-key", str(file))
    assert again.returncode == 2 and "exists" in again.stderr
    assert read_key(file).public == public


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ({"format": FORMAT + 1, "more": []}, "format 2, and this wasmforge knows 1; take a newer one"),
        ({"format": FORMAT, "place": "a", "sha256": "b", "size": 1}, "has no input hash, place, sha256 or size"),
        ([], "has no input hash"),
    ],
)
def test_signed_texts_of_other_programs(tmp_path: Path, text: object, reason: str) -> None:
    key = make_key(tmp_path / "key")
    said = json.dumps(text)
    signature = key.sign(b"wasmforge build\n" + said.encode())
    with pytest.raises(Refused, match=reason):
        check(json.dumps({"statement": said, "key": key.public, "signature": signature}).encode(), {key.public})


def test_every_byte_of_a_statement_is_signed(tmp_path: Path) -> None:
    key = make_key(tmp_path / "key")
    signed = json.loads(sign(STATEMENT, key))
    text = signed["statement"]
    assert check(json.dumps(signed).encode(), {key.public}) == STATEMENT
    parts = (
        STATEMENT.input_hash,
        STATEMENT.place,
        STATEMENT.sha256,
        f'"size": {STATEMENT.size}',
        f'"format": {FORMAT}',
    )
    assert all(part in text for part in parts)
    for place in range(len(text)):
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        with pytest.raises(Refused, match="signature is wrong"):
            check(json.dumps({**signed, "statement": changed}).encode(), {key.public})
    # A signature of the bare text, made for something else, is none of a build.
    with pytest.raises(Refused, match="signature is wrong"):
        check(json.dumps({**signed, "signature": key.sign(text.encode())}).encode(), {key.public})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b"\xff",
        b'{"statement": "a"}',
        json.dumps({"statement": "\ud800", "key": "", "signature": ""}).encode(),
    ],
)
def test_files_that_are_no_statement(data: bytes) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        check(data, {""})


def owner_of(checkout: Checkout, filled: Filled, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WASMFORGE_STORE_TRUST", raising=False)
    monkeypatch.setenv("WASMFORGE_STORE", store)
    monkeypatch.setenv("WASMFORGE_STORE_KEY", str(filled.key))


def whole(files: dict[str, bytes], public: str) -> set[str]:
    """The packages of a store, in which each statement is signed and has its package."""
    names = set()
    for name, data in files.items():
        if name.startswith("builds/"):
            statement = check(data, {public})
            assert sha256(files[f"packages/{statement.sha256}.conda"]).hexdigest() == statement.sha256
            names.add(statement.place.rpartition("/")[2].split("-")[0])
        else:
            assert name == f"packages/{sha256(data).hexdigest()}.conda"
    return names


@pytest.mark.parametrize("where", ["packages/", "builds/"])
def test_killed_during_an_upload(
    contributor: Checkout, filled: Filled, server: S3Server, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner_of(contributor, filled, f"s3://{BUCKET}", monkeypatch)
    process = contributor.start("build", "base")
    second: list[str] = []

    def kill(name: str) -> None:
        second.append(name)
        if name.startswith(where) and len(second) > 2:
            process.kill()

    server.before_put = kill
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    server.before_put = lambda _: None
    assert whole(server.files(), filled.public) <= {"tool", "base"}
    # What was built and not put there is up to date here, so it is put there by name.
    contributor.build("base")
    done = contributor.run("store-fill", "base", "--toolchain")
    assert done.returncode == 0 and "the store has the 2 packages\n" in done.stderr
    assert whole(server.files(), filled.public) == {"tool", "base"}


def test_killed_while_a_folder_is_filled(
    contributor: Checkout, filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "new"
    owner_of(contributor, filled, str(store), monkeypatch)
    contributor.toy(
        "tool",
        script='mkdir -p "$PREFIX/share"\nhead -c 200000000 /dev/urandom > "$PREFIX/share/noise"\n',
        folder="emscripten-forge/toolchain",
        noarch=False,
    )
    monkeypatch.setenv("WASMFORGE_STORE", "")
    contributor.build("linux-64/tool")
    monkeypatch.setenv("WASMFORGE_STORE", str(store))
    process = contributor.start("store-fill", "--toolchain")
    deadline = time.monotonic() + 60
    while not list(store.glob("packages/.*/new")) and time.monotonic() < deadline:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert list(store.glob("packages/.*/new")), "it was killed too late"
    assert not list(store.glob("packages/*.conda")) and not list(store.glob("builds/*"))
    assert contributor.run("store-fill", "--toolchain").returncode == 0
    files = {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*") if path.is_file()}
    assert whole(files, filled.public) == {"tool"} and len(files) == 2


def test_only_what_passed_its_tests_is_put_there(
    contributor: Checkout, filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "new"
    monkeypatch.setenv("WASMFORGE_STORE", str(filled.store))
    before = sorted(filled.store.rglob("*"))
    change(contributor, "user")
    assert built(contributor.build("user")) == {"user"}
    assert sorted(filled.store.rglob("*")) == before, "without a key"
    owner_of(contributor, filled, str(store), monkeypatch)
    change(contributor, "user")
    contributor.build("user", "--no-test")
    assert not list(store.rglob("*.conda"))
    contributor.toy("user", script=script("user"), test="false")
    assert contributor.run("build", "user").returncode == 1
    assert not list(store.rglob("*.conda"))
    contributor.toy("user", script=script("user"), test="true")
    contributor.build("user")
    assert len(list(store.rglob("*.conda"))) == 1


def test_the_first_build_stays(contributor: Checkout, filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipe that gives other bytes each time."""
    store = filled.store.parent / "new"
    owner_of(contributor, filled, str(store), monkeypatch)
    contributor.toy("odd", script='mkdir -p "$PREFIX/share"\nhead -c 8 /dev/urandom > "$PREFIX/share/odd"\n')
    contributor.build("odd")
    files = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    shutil.rmtree(contributor.channel)
    contributor.run("build", "odd", variables={"WASMFORGE_STORE": ""})
    done = contributor.run("store-fill", "odd")
    assert "the store has another build of odd-1.0-h" in done.stderr
    assert {path: path.read_bytes() for path in store.rglob("*") if path.is_file()} == files


def test_a_new_key_signs_again(contributor: Checkout, filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    new = make_key(filled.store.parent / "new-key")
    owner_of(contributor, replace(filled, key=filled.store.parent / "new-key"), str(filled.store), monkeypatch)
    said = contributor.build("base")
    assert "not one of the trusted keys" in said and built(said) == {"tool", "base"}
    assert check(filled.statement("base").read_bytes(), {new.public})
    with pytest.raises(Refused):
        check(filled.statement("user").read_bytes(), {new.public})


def test_a_web_server_is_not_filled(contributor: Checkout, filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyChannel(filled.store) as web:
        owner_of(contributor, filled, web.url, monkeypatch)
        change(contributor, "base")
        said = contributor.build("base")
        assert said.count("can only be read") == 1 and (built(said), taken(said)) == ({"base"}, {"tool"})
        assert contributor.run("store-fill", "base").returncode == 2


def test_a_store_that_cannot_be_written(
    contributor: Checkout, filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build succeeds, and says it once; `store-fill`, which does nothing else, fails."""
    (tmp_path / "file").write_text("")
    owner_of(contributor, filled, str(tmp_path / "file" / "store"), monkeypatch)
    said = contributor.build("--all")
    assert built(said) == PACKAGES and said.count("not used any more") == 1
    assert contributor.run("store-fill", "--all").returncode == 1


def test_verify_builds_although_the_store_has_it(contributor: Checkout) -> None:
    contributor.build("--all")
    done = contributor.run("verify", "base")
    assert done.returncode == 0 and "base build: done" in done.stderr and "same bytes" in done.stdout
    assert "from the store" not in done.stderr


def test_two_take_from_one_store(contributor: Checkout, filled: Filled, tmp_path: Path) -> None:
    """At the same time, into caches of their own."""
    other = recipes(make_checkout(tmp_path / "other"))
    processes = [one.start("build", "--all") for one in (contributor, other)]
    said = [process.communicate(timeout=120)[0] for process in processes]
    assert [taken(text) for text in said] == [{"base", "user"}] * 2
    assert contributor.packages() == other.packages() == filled.packages


def test_a_driver_without_the_extra(contributor: Checkout, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden" / "cryptography.py"
    hidden.parent.mkdir()
    hidden.write_text("raise ModuleNotFoundError(name='cryptography')\n")
    variables = {"PYTHONPATH": f"{hidden.parent}:{contributor.environment['PYTHONPATH']}"}
    for arguments in (("build", "base"), ("store-key", str(tmp_path / "key"))):
        done = contributor.run(*arguments, variables=variables)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "install wasmforge[store]" in done.stderr
    without = contributor.run("build", "base", "--dry-run", variables={**variables, "WASMFORGE_STORE": ""})
    assert without.returncode == 0 and "build base" in without.stdout
