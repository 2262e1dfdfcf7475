"""`wasmforge lint`: each rule finds a recipe that breaks it, and nothing in one that does not."""

from __future__ import annotations

import random
import subprocess

import pytest
from pip._internal.models.index import PyPI

from checkouts import Checkout
from wasmforge.common.layout import Layout
from wasmforge.recipe.lint.lint import lint
from wasmforge.recipe.lint.space import LIMIT, Space, measure

GOOD = f"""context:
  version: "1.0"

package:
  name: alpha
  version: ${{{{ version }}}}

source:
  - url:
      - ${{{{ source_store }}}}/alpha-1.0.tar.gz
      - https://example.org/alpha-1.0.tar.gz
    sha256: {"0" * 64}

build:
  number: 0
  script: build.sh

requirements:
  run:
    - beta >=1,<2

tests:
  - script:
      - alpha

about:
  homepage: https://example.org
  license: MIT
  license_file:
    - LICENSE
  repository: https://example.org/alpha.git
  summary: Does what alpha does

extra:
  recipe-maintainers:
    - somebody
"""


def rules(checkout: Checkout, text: str) -> set[str]:
    checkout.recipe("alpha", text, "true\n")
    layout = Layout(root=checkout.root, cache=checkout.cache, work=checkout.work)
    return {finding.rule for finding in lint(layout)}


def test_nothing_is_found_in_a_good_recipe(checkout: Checkout) -> None:
    assert rules(checkout, GOOD) == set()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("  license: MIT\n", "", "license"),
        ("license: MIT", "license: the MIT license", "broken"),
        ("license: MIT", "license: mit", "broken"),
        ("  license_file:\n    - LICENSE\n", "", "license-file"),
        ("  homepage: https://example.org\n", "", "homepage"),
        ("  repository: https://example.org/alpha.git\n", "", "repository"),
        ("  summary: Does what alpha does\n", "", "summary"),
        ("  recipe-maintainers:\n    - somebody\n", "  note: none\n", "maintainers"),
        ("      - https://example.org/alpha-1.0.tar.gz\n", "", "upstream"),
        ("https://example.org/alpha-1.0.tar.gz", f"https://{PyPI.netloc}/alpha-1.0.tar.gz", "index"),
        ("https://example.org/alpha-1.0.tar.gz", "https://example.org/alpha.git", "archive"),
        ("  number: 0\n", "", "number"),
        ("tests:\n  - script:\n      - alpha\n", "", "tests"),
        ("beta >=1,<2", "beta>=1,<2", "spec"),
        ("beta >=1,<2", "beta  >=1", "spec"),
        ("${{ version }}", "${{version}}", "spaces"),
        ("  number: 0\n", "  number: 0\n  noarch: python\n", "noarch"),
        ('version: "1.0"', 'version: "1-0"', "version"),
        ("package:\n  name: alpha\n  version: ${{ version }}\n\n", "", "broken"),
        ("extra:\n", "bonus:\n", "broken"),
    ],
)
def test_rule(checkout: Checkout, old: str, new: str, rule: str) -> None:
    assert old in GOOD
    assert rule in rules(checkout, GOOD.replace(old, new))


def test_sections_in_another_order(checkout: Checkout) -> None:
    about = GOOD.index("about:")
    assert rules(checkout, GOOD[about:] + "\n" + GOOD[:about]) == {"order"}


def test_upstream_that_publishes_another_file(checkout: Checkout) -> None:
    text = GOOD.replace("      - https://example.org/alpha-1.0.tar.gz\n", "")
    good = "  upstream:\n    - url: https://example.org/releases/1.0\n"
    assert rules(checkout, text) == {"upstream"}
    assert rules(checkout, text + good) == set()
    assert rules(checkout, f"{text}{good}      sha256: {'ab' * 32}\n") == set()
    for bad in (
        f"{good}      sha256: abc\n",
        "  upstream: https://example.org\n",
        "  upstream:\n    - url: example.org\n",
        f"  upstream:\n    - url: https://{PyPI.netloc}/project/alpha\n",
    ):
        assert rules(checkout, text + bad) == {"upstream"}, bad


def test_command(checkout: Checkout) -> None:
    checkout.recipe("alpha", GOOD, "true\n")
    done = checkout.run("lint")
    assert done.returncode == 0, done.stderr
    checkout.recipe("alpha", GOOD.replace("  license: MIT\n", ""))
    done = checkout.run("lint", "alpha")
    assert done.returncode == 1 and "recipes/alpha" in done.stdout and "1 findings" in done.stderr
    assert checkout.run("lint", "nothing").returncode == 2


def test_space_of_a_repository(checkout: Checkout) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a", *arguments], cwd=checkout.root, check=True)

    channel = checkout.channel / "noarch"
    channel.mkdir(parents=True)
    assert measure(checkout.root, checkout.channel) is None, "no package"
    (channel / "a-1-0.conda").write_bytes(random.randbytes(100_000))
    (channel / "b-1-0.conda").write_bytes(random.randbytes(300_000))
    assert measure(checkout.root, checkout.channel) is None, "no repository"
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    space = measure(checkout.root, checkout.channel)
    assert space is not None and space.mean == 200_000 and not space.is_short
    assert 400_000 < space.used < 410_000
    # What a commit replaces stays; what no commit of the branch has does not count.
    (channel / "a-1-0.conda").write_bytes(random.randbytes(100_000))
    git("add", ".")
    assert measure(checkout.root, checkout.channel) == space
    git("commit", "--quiet", "-m", "second")
    grown = measure(checkout.root, checkout.channel)
    assert grown is not None and 500_000 < grown.used < 510_000
    assert grown.text() in checkout.run("lint").stderr
    shallow = checkout.root / "shallow"
    git("clone", "--quiet", "--depth", "1", checkout.root.as_uri(), str(shallow))
    assert measure(shallow, shallow / checkout.channel.relative_to(checkout.root)) is None


def test_room_for_packages() -> None:
    sizes = (2000, 4000)
    assert Space(LIMIT - 10_000, sizes).packages == 3
    assert Space(LIMIT + 1, sizes).packages == 0
    assert Space(LIMIT - 10_000, sizes).is_short and not Space(LIMIT // 2, sizes).is_short
    assert Space(LIMIT // 2, (LIMIT,)).is_short, "no room for one more build of all"
    assert "room for 3 more packages" in Space(LIMIT - 10_000, sizes).text()
    assert "or for 1 builds of all 2" in Space(LIMIT - 10_000, sizes).text()
