"""Building: skipping, order, failure, interruption, reproducibility."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from checkouts import Checkout
from wasm_modules import LONGER, VOID, module
from wasmforge.channel import conda_file as conda


def index(checkout: Checkout, subdir: str = "noarch") -> dict[str, dict]:
    return json.loads((checkout.channel / subdir / "repodata.json").read_text())["packages.conda"]


def assert_index_matches_files(checkout: Checkout) -> None:
    """Each index lists the packages beside it, with their size and hash, and nothing else."""
    for subdir in ("noarch", "emscripten-wasm32"):
        listed = index(checkout, subdir)
        files = {path.name: path for path in (checkout.channel / subdir).glob("*.conda")}
        assert listed.keys() == files.keys()
        for name, path in files.items():
            assert listed[name]["sha256"] == checkout.packages()[path.name]
            assert listed[name]["size"] == path.stat().st_size


def test_build_and_skip(checkout: Checkout) -> None:
    checkout.toy("alpha")
    assert "alpha build: done" in checkout.build("alpha")
    before = checkout.packages()
    assert len(before) == 1
    assert_index_matches_files(checkout)
    assert "up to date" in checkout.build("--all")
    assert checkout.packages() == before


def test_changed_script_rebuilds(checkout: Checkout) -> None:
    folder = checkout.toy("alpha")
    checkout.build("alpha")
    before = checkout.packages()
    with (folder / "build.sh").open("a") as script:
        script.write('echo more > "$PREFIX/share/alpha/more"\n')
    assert "alpha build: done" in checkout.build("alpha")
    assert checkout.packages() != before
    assert_index_matches_files(checkout)


def test_what_a_checker_keeps_beside_a_recipe_is_no_part_of_it(checkout: Checkout) -> None:
    folder = checkout.toy("one")
    checkout.build("one")
    cache = folder / ".mypy_cache"
    cache.mkdir()
    (cache / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    (cache / "data").write_text("kept")
    assert "everything is up to date" in checkout.build("one")
    (cache / "CACHEDIR.TAG").unlink()
    assert "everything is up to date" not in checkout.build("one", "--dry-run")


def test_dependencies_are_built_first_and_rebuild_what_uses_them(checkout: Checkout) -> None:
    folder = checkout.toy("base")
    checkout.toy("user", host=("base",), script='mkdir -p "$PREFIX/share/user"\nwc -c < "$PREFIX/share/base/where"\n')
    said = checkout.build("user")
    assert said.index("base build: done") < said.index("user build: done")
    (folder / "build.sh").write_text('mkdir -p "$PREFIX/share/base"\necho new > "$PREFIX/share/base/where"\n')
    dry = checkout.build("--all", "--dry-run")
    assert "build base" in dry and "build user" in dry
    assert "user build: done" in checkout.build("--all")


def test_a_plan_as_json_is_a_matrix_of_jobs(checkout: Checkout) -> None:
    checkout.toy("tool", folder="emscripten-forge/toolchain", noarch=False)
    checkout.toy("base", build=("tool",))
    checkout.toy("user", host=("base",), noarch=False)
    checkout.toy("other")

    def planned() -> list[dict]:
        return json.loads(checkout.run("build", "--all", "--dry-run", "--json").stdout)

    tool, *libraries = jobs = planned()
    assert tool["name"] == "linux-64/tool" and tool["platform"] == "linux-64"
    assert {job["name"]: job["needs"] for job in libraries} == {
        "base": ["linux-64/tool"],
        "other": [],
        "user": ["base"],
    }
    order = [job["name"] for job in jobs]
    assert all(order.index(needed) < order.index(job["name"]) for job in jobs for needed in job["needs"])
    user = jobs[order.index("user")]
    assert user["recipe"] == "recipes/user/recipe.yaml" and user["platform"] == "emscripten-wasm32"
    (package,) = user["outputs"]
    assert {**package, "build": ""} == {"name": "user", "version": "1.0", "build": "", "subdir": "emscripten-wasm32"}
    checkout.build(tool["name"], "base")
    assert [job["name"] for job in planned()] == ["other", "user"]
    checkout.build("--all")
    assert f"user-1.0-{package['build']}.conda" in checkout.packages()
    assert planned() == []
    assert checkout.run("build", "--all", "--json").returncode == 2


def test_run_dependency_does_not_rebuild_a_library(checkout: Checkout) -> None:
    folder = checkout.toy("runtime")
    checkout.toy("language", run=("runtime",))
    checkout.toy("library", host=("language",))
    checkout.build("--all")
    with (folder / "build.sh").open("a") as script:
        script.write("# changed\n")
    said = checkout.build("--all")
    assert "runtime build: done" in said
    assert "language build" not in said and "library build" not in said


def test_run_dependency_of_a_tool_rebuilds_what_it_built(checkout: Checkout) -> None:
    folder = checkout.toy("engine", folder="emscripten-forge/toolchain", noarch=False)
    checkout.toy("compiler", folder="emscripten-forge/toolchain", noarch=False, run=("engine",))
    checkout.toy("library", build=("compiler",))
    checkout.build("--all")
    with (folder / "build.sh").open("a") as script:
        script.write("# changed\n")
    said = checkout.build("--all")
    assert "engine build: done" in said and "library build: done" in said


def test_tools_stay_out_of_the_channel_and_unbuilt_until_needed(checkout: Checkout) -> None:
    checkout.toy("tool", folder="emscripten-forge/toolchain", noarch=False)
    checkout.toy("alpha")
    assert "tool" not in checkout.build("--all")
    checkout.toy("alpha", build=("tool",))
    assert "tool build: done" in checkout.build("--all")
    assert [name.split("-")[0] for name in checkout.packages()] == ["alpha"]
    assert list((checkout.cache / "channel" / "linux-64").glob("tool-*.conda"))


def test_a_tests_package_is_never_in_the_channel(checkout: Checkout) -> None:
    checkout.recipe(
        "many",
        """
recipe: {name: many, version: "1.0"}
build: {number: 0}
outputs:
  - package: {name: many}
    build:
      noarch: generic
      script:
        - mkdir -p $PREFIX/share/many && echo one > $PREFIX/share/many/one
  - package: {name: many-tests}
    build:
      noarch: generic
      script:
        - mkdir -p $PREFIX/share/many && echo two > $PREFIX/share/many/two
""",
    )
    checkout.build("--all")
    assert [name.split("-1.0")[0] for name in checkout.packages()] == ["many"]
    tests = list((checkout.cache / "channel" / "noarch").glob("many-tests-*.conda"))
    assert len(tests) == 1
    tests[0].unlink()
    assert "up to date" in checkout.build("--all")
    before = checkout.packages()
    checkout.build("many-tests")
    assert tests[0].is_file() and checkout.packages() == before


def test_an_older_version_leaves_the_channel(checkout: Checkout) -> None:
    checkout.toy("alpha")
    checkout.build("alpha")
    checkout.toy("alpha", version="2.0")
    checkout.build("alpha")
    assert [name.rsplit("-", 1)[0] for name in checkout.packages()] == ["alpha-2.0"]
    assert_index_matches_files(checkout)


def test_two_builds_give_the_same_bytes(checkout: Checkout) -> None:
    checkout.toy("alpha", script='mkdir -p "$PREFIX/b/c" && echo "$PREFIX $SOURCE_DATE_EPOCH" > "$PREFIX/b/c/where"\n')
    checkout.build("alpha")
    first = checkout.packages()
    for file in checkout.channel.glob("*/*.conda"):
        file.unlink()
    time.sleep(1.1)  # the clock is in the way of reproducible archives in steps of a second
    checkout.build("alpha")
    assert checkout.packages() == first
    record = conda.read_info(next(checkout.channel.glob("noarch/*.conda")), {"info/about.json", "info/index.json"})
    assert str(checkout.root) not in json.dumps(record)


def test_the_place_of_the_cache_does_not_matter(checkout: Checkout, tmp_path: Path) -> None:
    checkout.toy("alpha", noarch=False)
    checkout.build("alpha")
    checkout.cache = tmp_path / "elsewhere"
    first = checkout.packages()
    for file in checkout.channel.glob("*/*.conda"):
        file.unlink()
    checkout.build("alpha")
    assert checkout.packages() == first


def test_the_host_s_tools_are_out_of_reach(checkout: Checkout) -> None:
    script = "for tool in gcc cc python3 make cmake; do if command -v $tool; then exit 1; fi; done\n"
    checkout.toy("alpha", script=script + 'mkdir -p "$PREFIX/share" && env > "$PREFIX/share/env"\n')
    checkout.build("alpha")


def test_failing_script_shows_the_log(checkout: Checkout) -> None:
    checkout.toy("alpha", script='for i in $(seq 60); do echo "line-$i"; done\nexit 7\n')
    result = checkout.run("build", "alpha")
    assert result.returncode == 1
    assert "line-60" in result.stderr and "line-2\n" not in result.stderr
    assert str(checkout.cache / "logs" / "emscripten-wasm32" / "alpha.log") in result.stderr
    assert "Traceback" not in result.stderr
    assert not checkout.packages()


def test_failing_test_keeps_the_package_out(checkout: Checkout) -> None:
    checkout.toy("alpha", test='test -f "$PREFIX/share/alpha/where"')
    checkout.build("alpha")
    before = checkout.packages()
    checkout.toy("alpha", test='echo "what I saw" && test -f "$PREFIX/share/alpha/other"')
    result = checkout.run("build", "alpha")
    assert result.returncode == 1
    assert "tests failed" in result.stderr and "what I saw" in result.stderr
    assert checkout.packages() == before
    assert list((checkout.cache / "broken").glob("alpha-*.conda"))
    assert_index_matches_files(checkout)


def test_a_noarch_package_is_tested_on_the_target(checkout: Checkout) -> None:
    """What it needs to run may have no build for this machine."""
    checkout.toy("compiled", noarch=False)
    checkout.toy("pure", run=("compiled",), test='test -f "$PREFIX/share/compiled/where"')
    checkout.build("pure")
    assert [Path(name).name.split("-")[0] for name in index(checkout)] == ["pure"]


def test_a_call_that_would_trap_keeps_the_package_out(checkout: Checkout) -> None:
    install = 'mkdir -p "$PREFIX/lib"\ncp "$RECIPE_DIR"/*.so "$PREFIX/lib/"\n'
    library = checkout.toy("library", script=install, noarch=False)
    (library / "libf.so").write_bytes(module(exports={"f": LONGER}))
    user = checkout.toy("user", script=install, host=("library",), run=("library",), noarch=False)
    (user / "user.so").write_bytes(module({"f": VOID}, needed=["libf.so"]))
    result = checkout.run("build", "user")
    assert result.returncode == 1
    assert "lib/user.so calls f as (i32, i32) -> nothing" in result.stderr and "lib/libf.so" in result.stderr
    assert list((checkout.cache / "broken").glob("user-*.conda"))
    assert [name.split("-")[0] for name in checkout.packages()] == ["library"]
    (user / "user.so").write_bytes(module({"f": LONGER}, needed=["libf.so"]))
    checkout.build("user")


# Two packages, each with a build that uses the package `fast` and one that uses `slow`.
SWITCH = """
recipe: {name: switch, version: "1.0"}
build:
  number: 0
  noarch: generic
  string: h${{ hash }}_${{ build_number }}_${{ impl }}
  variant:
    down_prioritize_variant: ${{ 1 if impl == "slow" else 0 }}
outputs:
  - package: {name: switch}
    build:
      script:
        - mkdir -p $PREFIX/share/switch && echo $impl > $PREFIX/share/switch/impl
    requirements:
      host:
        - ${{ impl }}
  - package: {name: front}
    build:
      script:
        - mkdir -p $PREFIX/share/front && echo $impl > $PREFIX/share/front/impl
    requirements:
      run:
        - ${{ pin_subpackage("switch", exact=True) }}
    tests:
      - script:
          - test $(cat $PREFIX/share/front/impl) = $(cat $PREFIX/share/switch/impl)
"""


def test_of_several_builds_of_a_package_the_preferred_one_is_used(checkout: Checkout) -> None:
    with (checkout.root / "conda_build_config.yaml").open("a") as pins:
        pins.write("impl:\n  - slow\n  - fast\n")
    made_of = {name: checkout.toy(name) for name in ("fast", "slow")}
    checkout.recipe("switch", SWITCH)
    checkout.toy("user", host=("switch",), script='grep fast "$PREFIX/share/switch/impl"\n')
    checkout.build("--all")
    builds = [name.split("-")[0] + name[-11:] for name in checkout.packages() if name.startswith(("switch", "front"))]
    assert sorted(builds) == ["front_fast.conda", "front_slow.conda", "switch_fast.conda", "switch_slow.conda"]
    assert_index_matches_files(checkout)
    assert "up to date" in checkout.build("--all")

    def change(name: str) -> str:
        with (made_of[name] / "build.sh").open("a") as script:
            script.write("# changed\n")
        return checkout.build("--all")

    said = change("slow")
    assert "switch build: done" in said and "user build" not in said
    assert "user build: done" in change("fast")


def test_tests_wait_for_run_dependencies(checkout: Checkout) -> None:
    """As with python, whose runtime is linked against a sibling of python."""
    checkout.toy("library")
    checkout.toy("front", run=("back",), test='test -f "$PREFIX/share/back/where"')
    checkout.toy("back", host=("library",))
    said = checkout.build("front")
    assert said.index("back build: done") < said.index("front test: done")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_build_leaves_the_channel_as_it_was(checkout: Checkout, how: signal.Signals) -> None:
    checkout.toy("alpha")
    checkout.toy("omega", host=("alpha",))
    checkout.build("--all")
    before = checkout.packages()
    script = 'mkdir -p "$PREFIX/share/omega"\ntouch "{marker}"\nsleep 300\n'
    marker = checkout.root.parent / "started"
    checkout.toy("omega", host=("alpha",), script=script.format(marker=marker))
    process = checkout.start("build", "omega")
    _wait(marker.exists)
    process.send_signal(how)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == (130 if how == signal.SIGINT else -9), out
    assert how != signal.SIGINT or "finished are in the channel\ninterrupted\n" in out
    _wait(lambda: not _running("sleep", "300", str(checkout.work)))
    assert checkout.packages() == before
    assert_index_matches_files(checkout)
    checkout.toy("omega", host=("alpha",))
    assert "up to date" in checkout.build("--all")


def test_interrupted_between_package_and_index(checkout: Checkout) -> None:
    checkout.toy("alpha")
    checkout.toy("omega")
    checkout.build("--all")
    whole = (checkout.channel / "noarch" / "repodata.json").read_text()
    omega = next(checkout.channel.glob("noarch/omega-*.conda"))
    omega.unlink()
    assert checkout.build("alpha").count("repaired") == 1
    assert list(index(checkout)) == [path.name for path in checkout.channel.glob("noarch/*.conda")]
    checkout.build("--all")
    assert (checkout.channel / "noarch" / "repodata.json").read_text() == whole
    (checkout.channel / "noarch" / "repodata.json").write_text(whole[:100])
    checkout.build("--all")
    assert (checkout.channel / "noarch" / "repodata.json").read_text() == whole


def test_a_changed_package_under_the_same_name_is_used(checkout: Checkout) -> None:
    """The caches of rattler must not mind that rattler-build names both builds alike."""
    folder = checkout.toy("base")
    checkout.toy("user", host=("base",), script='cat "$PREFIX/share/base/where" > "$SRC_DIR/../../seen"\n')
    checkout.build("user")
    (folder / "build.sh").write_text('mkdir -p "$PREFIX/share/base"\necho changed > "$PREFIX/share/base/where"\n')
    checkout.toy("user", host=("base",), script='grep -q changed "$PREFIX/share/base/where"\n')
    checkout.build("user")


def test_bad_recipe_names_file_and_line(checkout: Checkout) -> None:
    folder = checkout.recipe("alpha", "package:\n  name: alpha\n  version: [1\n")
    result = checkout.run("build", "alpha")
    assert result.returncode == 1
    assert str(folder / "recipe.yaml") in result.stderr and "4:" in result.stderr
    assert "Traceback" not in result.stderr


def test_bad_recipe_stops_only_what_needs_it(checkout: Checkout) -> None:
    checkout.recipe("broken", "package: [\n")
    checkout.toy("alpha")
    checkout.build("alpha")
    assert "broken" in checkout.run("build", "--all").stderr
    checkout.toy("alpha", host=("broken",))
    assert "broken/recipe.yaml" in checkout.run("build", "alpha").stderr


def test_unknown_requirement_is_named(checkout: Checkout) -> None:
    checkout.toy("alpha")
    checkout.toy("omega", host=("alhpa",))
    result = checkout.run("build", "omega")
    assert result.returncode == 1
    assert "'alhpa'" in result.stderr and "alpha" in result.stderr


def test_unsolvable_requirement_is_explained(checkout: Checkout) -> None:
    checkout.toy("alpha")
    checkout.toy("omega", host=("alpha >=2",))
    result = checkout.run("build", "omega")
    assert result.returncode == 1
    assert "host requirements" in result.stderr and "alpha >=2" in result.stderr


def test_unknown_name_suggests(checkout: Checkout) -> None:
    checkout.toy("alpha")
    result = checkout.run("build", "alhpa")
    assert result.returncode == 2
    assert "did you mean alpha" in result.stderr


def test_cycle_is_named(checkout: Checkout) -> None:
    checkout.toy("alpha", host=("omega",))
    checkout.toy("omega", host=("alpha",))
    result = checkout.run("build", "alpha")
    assert result.returncode == 1
    assert "alpha -> omega -> alpha" in result.stderr


def test_flavour_has_a_channel_of_its_own(checkout: Checkout) -> None:
    checkout.toy("alpha")
    checkout.build("alpha")
    before = checkout.packages()
    (checkout.root / "variants").mkdir()
    variant = checkout.root / "variants" / "odd.yaml"
    variant.write_text("python:\n  - 3.14.*\n")
    checkout.build("alpha", "--variant", "variants/odd.yaml")
    assert checkout.packages() == before
    assert list((checkout.cache / "flavours" / "odd" / "channel" / "noarch").glob("alpha-*.conda"))


def _wait(condition, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _running(*words: str) -> bool:
    """Whether a process lives whose command line or folder has all the words."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            text = (path / "cmdline").read_text() + os.readlink(path / "cwd")
        except OSError:
            continue
        if all(word in text for word in words):
            return True
    return False
