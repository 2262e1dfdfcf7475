"""flang for emscripten-wasm32: compiles with LLVM's flang, links with emcc, keeps objects in the compiler cache.

    flang [flang's and emcc's options] FILE...

Without -c, -S or -E the sources are compiled and everything is linked by emcc with flang's runtime. An object
is taken from $CCACHE_DIR/fortran when the compiler, the arguments and every byte that the source reads are the
same; sources that define modules, and compilations that ask for anything but an object, are not cached.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLANG = HERE / "bin" / "flang"
# Of the same Fortran the same code: the target, its features, position independence, C's sizes.
TARGET = ["--target=wasm32-unknown-emscripten", "-fPIC", "-Xflang", "-target-feature", "-Xflang", "+simd128"]
SOURCES = {".f", ".for", ".ftn", ".f77", ".f90", ".f95", ".f03", ".f08", ".f18"}
# Options whose value is the next argument.
WITH_VALUE = {"-o", "-I", "-J", "-module-dir", "-D", "-U", "-x", "-mllvm", "-Xflang", "-L", "-l", "-s"} | {
    "-fintrinsic-modules-path"
}
NO_LINK = ("-c", "-S", "-E", "-fsyntax-only")
QUERIES = ("--version", "-dumpversion", "-dumpmachine", "--help", "-print-", "-###")
# What emcc means by flags that only its C compiler and linker know.
ONLY_FOR_EMCC = re.compile(
    r"-s[A-Z]|-fwasm-exceptions$|-msimd128$|-mrelaxed-simd$|-ffile-prefix-map=|-fvisibility=|-Wl,"
)
INCLUDE = re.compile(rb"^\s*(?:#\s*include\s*|include\s*)[\"'<]([^\"'>]+)[\"'>]", re.IGNORECASE | re.MULTILINE)
USE = re.compile(rb"^\s*use\b\s*(?:,\s*(?:non_)?intrinsic\s*)?(?:::)?\s*(\w+)", re.IGNORECASE | re.MULTILINE)
DEFINES_MODULE = re.compile(
    rb"^\s*(?:sub)?module\b(?!\s*(?:procedure|subroutine|function)\b)", re.IGNORECASE | re.MULTILINE
)


class Command:
    """A command line, taken apart."""

    def __init__(self) -> None:
        self.options: list[str] = []
        self.sources: list[str] = []
        self.others: list[str] = []  # objects and libraries, in order
        self.output: str | None = None
        self.folders: list[Path] = []  # where included files and modules are looked for


def parse(arguments: list[str]) -> Command:
    command = Command()
    rest = iter(arguments)
    for argument in rest:
        if argument == "-o":
            command.output = next(rest, None)
        elif argument in WITH_VALUE:
            value = next(rest, "")
            command.options += [argument, value]
            if argument in ("-I", "-J", "-module-dir"):
                command.folders.append(Path(value))
        elif argument.startswith("-") and not argument.startswith("-l"):
            command.options.append(argument)
            if argument.startswith(("-I", "-J")):
                command.folders.append(Path(argument[2:]))
        elif Path(argument).suffix.lower() in SOURCES:
            command.sources.append(argument)
        else:
            command.others.append(argument)
    return command


def for_flang(options: list[str]) -> list[str]:
    """The options without those that only emcc knows; "-s NAME" and "-L DIR" belong to the link as well."""
    kept, rest = [], iter(options)
    for option in rest:
        if option in ("-s", "-L"):
            next(rest, None)
        elif option in WITH_VALUE:
            kept += [option, next(rest, "")]
        elif not ONLY_FOR_EMCC.match(option) and not option.startswith("-L"):
            kept.append(option)
    return kept


def for_emcc(options: list[str]) -> list[str]:
    """The options of the link: without those of Fortran."""
    kept, rest = [], iter(options)
    for option in rest:
        if option in ("-s", "-L"):
            kept += [option, next(rest, "")]
        elif option in WITH_VALUE:
            next(rest, None)
        elif option.startswith(("-s", "-L", "-O", "-g", "-Wl,", "-fPIC", "-fwasm-exceptions", "-v")):
            kept.append(option)
    return kept


def read_by(source: Path, folders: list[Path]) -> list[Path] | None:
    """The files that compiling a source reads; None when the result is more than an object."""
    found, todo = [], [source]
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found.append(path)
        text = path.read_bytes()
        if DEFINES_MODULE.search(text):
            return None
        for name in INCLUDE.findall(text):
            candidates = [folder / os.fsdecode(name) for folder in (path.parent, Path(), *folders)]
            todo += [candidate for candidate in candidates if candidate.is_file()][:1]
        for name in USE.findall(text):
            modules = [folder / f"{os.fsdecode(name).lower()}.mod" for folder in (Path(), *folders)]
            found += [module for module in modules if module.is_file()]
    return found


def compile_object(source: str, output: str, options: list[str], folders: list[Path]) -> int:
    command = [str(FLANG), *TARGET, *options, "-c", source, "-o", output]
    cache = os.environ.get("CCACHE_DIR")
    inputs = read_by(Path(source), folders) if cache and Path(source).is_file() else None
    if inputs is None:
        return subprocess.call(command)
    key = hashlib.sha256(repr([(HERE / "id").read_text(), os.getcwd(), command[1:-1]]).encode())
    for path in inputs:
        key.update(hashlib.sha256(path.read_bytes()).digest())
    name = key.hexdigest()
    entry = Path(cache) / "fortran" / name[:2] / name[2:]
    if entry.is_file():
        shutil.copyfile(entry, output)
        return 0
    status = subprocess.call(command)
    if status == 0:
        entry.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=entry.parent, delete=False) as file:
            file.write(Path(output).read_bytes())
        os.replace(file.name, entry)
    return status


def link(command: Command) -> int:
    options = for_flang(command.options)
    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for number, source in enumerate(command.sources):
            objects.append(str(Path(folder) / f"{number}-{Path(source).stem}.o"))
            if status := compile_object(source, objects[-1], options, command.folders):
                return status
        output = ["-o", command.output] if command.output else []
        runtime = [] if "-nostdlib" in command.options or "-Wl,--version" in command.options else ["-lflang_rt.runtime"]
        arguments = [*for_emcc(command.options), *objects, *command.others, *runtime, *output]
        return subprocess.call(["em++", *arguments])


def main() -> int:
    arguments = sys.argv[1:]
    command = parse(arguments)
    if any(argument.startswith(QUERIES) for argument in arguments) or arguments in ([], ["-v"]):
        return subprocess.call([str(FLANG), *TARGET[:1], *arguments])
    if not any(option in NO_LINK for option in command.options):
        return link(command)
    options = for_flang(command.options)
    if "-c" in options and command.sources:
        options.remove("-c")
        for source in command.sources:
            if status := compile_object(source, command.output or f"{Path(source).stem}.o", options, command.folders):
                return status
        return 0
    output = ["-o", command.output] if command.output else []
    return subprocess.call([str(FLANG), *TARGET, *options, *command.sources, *output])


if __name__ == "__main__":
    sys.exit(main())
