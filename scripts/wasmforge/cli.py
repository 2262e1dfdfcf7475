"""The `wasmforge` command."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from wasmforge.bundle.compression import Compression
from wasmforge.common.errors import UsageError, WasmforgeError
from wasmforge.common.layout import STORE_FOLDER, Layout, find_layout
from wasmforge.common.progress import Reporter
from wasmforge.common.user_folders import find_user_folders

if TYPE_CHECKING:
    from wasmforge.recipe.graph import Graph
    from wasmforge.recipe.recipes import Output

INTERRUPTED = 128 + signal.SIGINT


class _Commands(TyperGroup):
    """Says so when Ctrl-C ends a command, and gives the exit code that shells give then."""

    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Build Python packages for WebAssembly, and run Python environments in a browser tab.",
)


@dataclass
class Options:
    """The options before the command."""

    verbose: bool = False


@app.callback()
def _options(
    context: typer.Context, verbose: Annotated[bool, typer.Option("--verbose", help="Show tracebacks.")] = False
) -> None:
    context.ensure_object(Options).verbose = verbose


def _path(text: str) -> Path:
    # An unset variable of a shell script; Path would take it for the current folder.
    if not text:
        raise typer.BadParameter("the path is empty")
    return Path(text)


Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Packages or recipe folders.")]
All = Annotated[bool, typer.Option("--all", help="Select every library of the channel.")]
Toolchain = Annotated[bool, typer.Option("--toolchain", help="Select every linux-64 tool.")]
Variant = Annotated[
    Path | None, typer.Option("--variant", parser=_path, help="Override pins with this file of variants/.")
]


@app.command()
def build(
    names: Names = None,
    all_: All = False,
    toolchain: Toolchain = False,
    variant: Variant = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and build nothing.")] = False,
    json_: Annotated[
        bool, typer.Option("--json", help="With --dry-run: print the recipes to build as a JSON array, in order.")
    ] = False,
    no_test: Annotated[bool, typer.Option("--no-test", help="Skip the packages' tests.")] = False,
) -> None:
    """Build and test outdated packages and their outdated requirements, and update the channel."""
    from wasmforge.build.admission import admit
    from wasmforge.build.channels import Channels
    from wasmforge.build.lock import locked
    from wasmforge.build.plan import Plan, Planner
    from wasmforge.build.store.opening import open_build_store
    from wasmforge.recipe.recipes import variant_files

    if json_ and not dry_run:
        raise UsageError("--json prints a plan: give --dry-run with it")
    layout, graph, wanted = _wanted(names, all_, toolchain, variant)
    reporter = Reporter()
    channels = Channels(layout)
    store = open_build_store(reporter)

    def make_plan() -> Plan:
        planner = Planner(graph, channels, test=not no_test, is_stored=store.has if store else None)
        return planner.plan(wanted)

    if dry_run:
        plan = make_plan()
        if json_:
            typer.echo(json.dumps(plan.jobs(layout.root), indent=2))
            return
        for package in plan.stored:
            typer.echo(f"fetch {package.stem}")
        for planned in plan.recipes:
            typer.echo(f"build {planned.recipe.name}: " + ", ".join(package.stem for package in planned.packages))
        for package in plan.staged:
            typer.echo(f"test {package.stem}")
        return
    with locked(layout, reporter):
        if channels.repair():
            reporter.say("repaired a channel index that an interrupted run had left incomplete")
        try:
            plan = store.supply(make_plan, layout.cache, partial(admit, channels)) if store else make_plan()
            if not plan:
                reporter.say("everything is up to date")
                return
            from wasmforge.build.builder import Builder

            fill = store.put if store and not no_test else None
            Builder(layout, channels, variant_files(layout, variant), reporter, fill).run(plan)
        except KeyboardInterrupt:
            reporter.say("the packages that were finished are in the channel")
            raise


@app.command()
def verify(
    names: Names = None,
    all_: All = False,
    tools: Annotated[bool, typer.Option("--tools", help="Build the compilers again, too.")] = False,
) -> None:
    """Build packages of the channel again from source in an empty cache, and compare the bytes."""
    from wasmforge.build.verify import table
    from wasmforge.build.verify import verify as run_verify
    from wasmforge.common.platforms import TARGET_PLATFORM
    from wasmforge.recipe.graph import Graph
    from wasmforge.recipe.recipes import load_recipes

    layout = find_layout()
    graph = Graph(load_recipes(layout))
    wanted = graph.all(TARGET_PLATFORM) if all_ else graph.select(names or [])
    if not wanted:
        raise UsageError("nothing to verify: name packages, or give --all")
    verified = run_verify(layout, graph, wanted, tools, Reporter())
    Console(soft_wrap=True).print(table(verified))
    if different := sum(bool(one.differences) for one in verified):
        raise WasmforgeError(f"{different} of {len(verified)} packages differ from those in the channel")


@app.command("store-key")
def store_key(
    file: Annotated[Path, typer.Argument(parser=_path, help="The file to write the private key to.")],
) -> None:
    """Make the keys of a store of builds: write the private one to a file, and print the public one."""
    from wasmforge.build.store.opening import make_store_key

    typer.echo(make_store_key(file))


@app.command("store-fill")
def store_fill(names: Names = None, all_: All = False, toolchain: Toolchain = False, variant: Variant = None) -> None:
    """Put packages that are built and up to date into the store of builds."""
    from wasmforge.build.channels import Channels
    from wasmforge.build.plan import Planner
    from wasmforge.build.store.opening import open_build_store

    layout, graph, wanted = _wanted(names, all_, toolchain, variant)
    reporter = Reporter()
    store = open_build_store(reporter)
    if not store or not store.is_filled:
        raise UsageError("no store to fill: give its folder or bucket in WASMFORGE_STORE, a key in WASMFORGE_STORE_KEY")
    packages = Planner(graph, Channels(layout), test=True).finished(wanted)
    for package in packages:
        store.put(package)
    if not store.works:
        raise WasmforgeError("the store could not be filled")
    left = len(wanted) - len(packages)
    reporter.say(f"the store has the {len(packages)} packages" + (f"; {left} are not up to date" if left else ""))


@app.command()
def sources(
    names: Names = None,
    all_: Annotated[bool, typer.Option("--all", help="Fetch the sources of every recipe.")] = False,
    variant: Variant = None,
) -> None:
    """Fetch the sources of recipes into build/sources, where plain rattler-build finds them."""
    from wasmforge.common.platforms import BUILD_PLATFORM, TARGET_PLATFORM
    from wasmforge.common.progress import FetchProgress
    from wasmforge.recipe.graph import Graph
    from wasmforge.recipe.recipes import load_recipes
    from wasmforge.sources.store import Store

    layout = _layout(variant)
    reporter = Reporter()
    graph = Graph(load_recipes(layout, variant))
    wanted = graph.select(names or [])
    wanted += [*graph.all(BUILD_PLATFORM), *graph.all(TARGET_PLATFORM)] if all_ else []
    if not wanted:
        raise UsageError("no sources to fetch: name packages, or give --all")
    for recipe in dict.fromkeys(output.recipe for output in wanted):
        if recipe.sources:
            progress = FetchProgress()
            with reporter.step(f"{recipe.name} fetch", progress.text):
                Store(layout, progress.update).fill(recipe.sources, layout.root / STORE_FOLDER)


@app.command()
def recipe(
    names: Annotated[list[str], typer.Argument(metavar="NAME[==VERSION]", help="Packages of pip's index.")],
) -> None:
    """Write first recipes for Python packages, from their metadata."""
    from wasmforge.recipe.generate import generate

    layout = _layout(None)
    reporter = Reporter()
    missing: list[str] = []
    for name in names:
        folder, needed = generate(layout, name)
        reporter.say(f"wrote {folder.relative_to(layout.root)}; check its requirements and write a real test")
        missing += [one for one in needed if one not in missing]
    missing = [name for name in missing if not (layout.root / "recipes" / name).is_dir()]
    if missing:
        reporter.say(f"these requirements have no recipe yet: {', '.join(missing)}", "yellow")


@app.command()
def lint(names: Names = None) -> None:
    """Check recipes: what they say of their packages, and how they are written."""
    from wasmforge.recipe.lint import lint as module
    from wasmforge.recipe.lint.space import measure

    layout = _layout(None)
    reporter = Reporter()
    findings = module.lint(layout, names or [])
    space = measure(layout.root, layout.library_channel)
    if space:
        reporter.say(space.text(), "yellow" if space.is_short else "dim")
    if findings:
        Console(highlight=False).print(module.table(findings, layout.root))
        raise WasmforgeError(f"{len(findings)} findings in recipes")


Specs = Annotated[list[str] | None, typer.Argument(metavar="SPEC", help="Package specifications, as in conda.")]
Files = Annotated[list[Path] | None, typer.Option("-f", "--file", parser=_path, help="Read an environment.yml.")]
ChannelNames = Annotated[
    list[str] | None,
    typer.Option(
        "-c",
        "--channel",
        help="Take packages from this folder or URL; default: the checkout's channel, else WASMFORGE_CHANNEL.",
    ),
]


@app.command()
def create(
    specs: Specs = None,
    prefix: Annotated[Path, typer.Option("-p", "--prefix", parser=_path, help="The folder of the environment.")] = ...,  # type: ignore[assignment]
    file: Files = None,
    channel: ChannelNames = None,
    lock: Annotated[
        Path | None, typer.Option("--lock", parser=_path, help="Install exactly the packages of this lock file.")
    ] = None,
) -> None:
    """Create or update an environment for emscripten-wasm32."""
    from wasmforge.environment.create import create_environment

    if lock is None:
        create_environment(find_user_folders(), prefix, specs or [], file or [], channel or [], Reporter())
        return
    from wasmforge.environment.lock import create_from_lock

    if specs or file:
        raise UsageError("a lock file says which packages there are: give it alone, or specs and environment files")
    create_from_lock(find_user_folders(), prefix, lock, channel or [], Reporter())


@app.command()
def lock(
    out: Annotated[Path, typer.Option("-o", "--output", parser=_path, help="The lock file to write.")],
    specs: Specs = None,
    file: Files = None,
    channel: ChannelNames = None,
) -> None:
    """Write the exact packages of an environment into a lock file, for `create --lock`."""
    from wasmforge.environment.lock import lock_environment

    lock_environment(find_user_folders(), out, specs or [], file or [], channel or [], Reporter())


@app.command()
def bundle(
    prefix: Annotated[Path, typer.Argument(parser=_path, help="An environment for emscripten-wasm32.")],
    out: Annotated[Path, typer.Option("-o", "--output", parser=_path, help="The folder to write.")],
    eager: Annotated[
        list[str] | None, typer.Option("--eager", help="Load this package at the start; 'all' loads every package.")
    ] = None,
    lazy: Annotated[
        list[str] | None, typer.Option("--lazy", help="Send files that match this glob only when they are read.")
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option("--include", help="Send files that match this glob although the rules leave them out."),
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option("-c", "--channel", help="Let install() in a page find packages here.")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Let browsers keep the whole bundle, for use without a network.")
    ] = False,
    compression: Annotated[
        Compression,
        typer.Option(
            help="Compress in seconds, or for minutes so that less is sent, or not at all, for hosts that do."
        ),
    ] = Compression.FAST,
    snapshot: Annotated[
        list[str] | None,
        typer.Option(
            "--snapshot", help="Let pages that declare these imports start with them done; separate modules by commas."
        ),
    ] = None,
) -> None:
    """Turn an environment into a static folder for any web host."""
    from wasmforge.bundle import bundle as module
    from wasmforge.bundle.rules import Options as Choices
    from wasmforge.bundle.sizes import package_sizes, snapshot_sizes, table

    choices = Choices(
        eager=tuple(eager or ()),
        lazy=tuple(lazy or ()),
        include=tuple(include or ()),
        channels=tuple(channel or ()),
        offline=offline,
        snapshots=tuple(tuple(filter(None, modules.split(","))) for modules in snapshot or ()),
    )
    module.bundle(prefix, out, Reporter(), choices, compression=compression)
    console = Console(highlight=False)
    console.print(table(package_sizes(out)))
    for imports, size in snapshot_sizes(out).items():
        console.print(f"Snapshot of {imports}: {size / 1000:,.0f} kB, for pages that declare these imports.")


@app.command()
def publish(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET", help="A folder, s3://BUCKET/FOLDER, or a server as in quetz+https://HOST/CHANNEL."
        ),
    ],
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Publish only these packages.")] = None,
    channel: Annotated[
        Path | None,
        typer.Option(
            "-c", "--channel", parser=_path, help="Publish the packages of this channel folder; default: as of create."
        ),
    ] = None,
) -> None:
    """Add the packages of a channel to one that others install from."""
    from wasmforge.environment.default_channel import default_channel
    from wasmforge.publish.packages import read_packages
    from wasmforge.publish.publisher import publish as publish_to_store
    from wasmforge.publish.servers import parse_server, upload_packages
    from wasmforge.publish.targets import open_target

    reporter = Reporter()
    server = parse_server(target)
    store = None if server else open_target(target, reporter)
    packages = read_packages(channel or Path(default_channel()), names or [])
    if server:
        new = upload_packages(server, packages, reporter)
    else:
        assert store
        new = publish_to_store(store, packages, reporter)
    reporter.say(f"{target} has the {len(packages)} packages, {new} of them new")


Listed = Annotated[Path, typer.Argument(metavar="PREFIX|BUNDLE", parser=_path, help="An environment or a bundle.")]


@app.command()
def sbom(
    listed: Listed,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", parser=_path, help="The file to write; default: standard output.")
    ] = None,
) -> None:
    """List the packages with versions, hashes and licences, as CycloneDX JSON."""
    from wasmforge.common.replacing import new_file
    from wasmforge.inventory.inventory import read_inventory
    from wasmforge.inventory.sbom import cyclonedx

    text = cyclonedx(read_inventory(listed))
    if out is None:
        typer.echo(text, nl=False)
        return
    with new_file(out) as draft:
        draft.write_text(text)


@app.command()
def audit(
    listed: Listed,
    osv: Annotated[Path, typer.Option("--osv", parser=_path, help="A folder or zip of OSV records, fetched before.")],
) -> None:
    """List the Python distributions that have known vulnerabilities; exit with 1 if there are any."""
    from wasmforge.inventory.inventory import read_inventory
    from wasmforge.inventory.osv import find_vulnerable

    packages = read_inventory(listed)
    findings = find_vulnerable(packages, osv)
    for finding in findings:
        typer.echo(str(finding))
    if findings:
        raise typer.Exit(1)
    count = len({one for package in packages for one in package.python_distributions})
    Reporter().say(f"no known vulnerability in {count} Python distributions")


@app.command()
def serve(
    directory: Annotated[Path, typer.Argument(parser=_path, help="A bundle.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Listen on this port of 127.0.0.1; 0 selects a free one.")
    ] = 8000,
    channel: Annotated[
        Path | None,
        typer.Option(
            "-c", "--channel", parser=_path, help="Also serve this channel below channel/, for pages to install from."
        ),
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(help="Also answer requests for this host, as those that a proxy passes on; repeatable."),
    ] = None,
) -> None:
    """Serve a bundle on 127.0.0.1."""
    from wasmforge.host import serve as module

    module.serve(directory, port, channel=channel, names=host or ())


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}
)
def run(
    context: typer.Context,
    prefix: Annotated[Path, typer.Option("-p", "--prefix", parser=_path, help="An environment for emscripten-wasm32.")],
    engine: Annotated[str, typer.Option(help="Run in node, chromium or firefox.")] = "node",
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox", help="Let the program use no file but the script and the environment's, for reading."
        ),
    ] = False,
    allow_read: Annotated[
        list[Path] | None,
        typer.Option(
            "--allow-read", parser=_path, help="With --sandbox: let the program read this folder; repeatable."
        ),
    ] = None,
    allow_write: Annotated[
        list[Path] | None,
        typer.Option(
            "--allow-write", parser=_path, help="With --sandbox: let it read and write this folder; repeatable."
        ),
    ] = None,
) -> None:
    """Run Python with the following command line: SCRIPT, -c CODE or -m MODULE, and arguments."""
    from wasmforge.host import run as module

    if engine not in ("node", "chromium", "firefox"):
        raise UsageError(f"no engine {engine!r}: node, chromium or firefox")
    if not context.args:
        raise UsageError("nothing to run: give SCRIPT, -c CODE or -m MODULE")
    if not sandbox and (allow_read or allow_write):
        raise UsageError("--allow-read and --allow-write say what a sandbox lets through: give --sandbox with them")
    limits = module.Sandbox(tuple(allow_read or ()), tuple(allow_write or ())) if sandbox else None
    raise typer.Exit(module.run(prefix, engine, context.args, limits))


def _wanted(
    names: list[str] | None, all_: bool, toolchain: bool, variant: Path | None
) -> tuple[Layout, Graph, list[Output]]:
    """What the arguments of a command for builds select."""
    from wasmforge.common.platforms import BUILD_PLATFORM, TARGET_PLATFORM
    from wasmforge.recipe.graph import Graph
    from wasmforge.recipe.recipes import load_recipes

    layout = _layout(variant)
    graph = Graph(load_recipes(layout, variant))
    wanted = graph.select(names or [])
    wanted += graph.all(TARGET_PLATFORM) if all_ else []
    wanted += graph.all(BUILD_PLATFORM) if toolchain else []
    if not wanted:
        raise UsageError("no package is selected: name some, or give --all or --toolchain")
    return layout, graph, wanted


def _layout(variant: Path | None) -> Layout:
    if variant is not None and not variant.is_file():
        raise UsageError(f"no variant file {variant}; there are: variants/*.yaml")
    return find_layout("release" if variant is None else variant.stem)


def _end_as_interrupted(number: int, frame: FrameType | None) -> None:
    # A shell ignores SIGINT for what it starts in the background.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)


def main() -> None:
    """Exits 0 when done, 1 on a failure with a message on stderr, 2 on wrong usage, 130 at Ctrl-C."""
    code, options = 0, Options()
    for end in (signal.SIGTERM, signal.SIGHUP):
        # nohup and the like have them ignored on purpose.
        if signal.getsignal(end) is signal.SIG_DFL:
            signal.signal(end, _end_as_interrupted)
    try:
        app(obj=options)
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(bool(exit_.code))
    except Exception as error:
        if options.verbose:
            traceback.print_exc()
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(f"error: {_message(error)}", style="red", markup=False)
        code = 2 if isinstance(error, UsageError) else 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # the reader has gone
            code = code or 1
    # The interpreter's own exit can crash once py-rattler was in use.
    os._exit(code)


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"the disk is full ({error.filename or 'while writing'}); free some space and start again"
    if isinstance(error, (WasmforgeError, OSError)):
        return str(error)
    return f"{type(error).__name__}: {error} (a bug; --verbose shows where)"
