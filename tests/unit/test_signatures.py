"""Calls between side modules whose signatures differ are found before they can trap."""

from __future__ import annotations

from pathlib import Path

import pytest

from packages import make_package
from wasm_modules import I32, LONGER, VALUE, VOID, module
from wasmforge.build.signatures import check_package, find_mismatches
from wasmforge.common.wasm import NotWasm, Signature, read_module


def test_a_module_is_read() -> None:
    read = read_module(module({"daxpy_": VOID}, {"dnrm2_": VALUE, "PyInit_x": ([], [I32])}, ["libblas.so"]))
    assert read.imports == {"daxpy_": Signature(("i32", "i32"), ())}
    assert read.exports == {"dnrm2_": Signature(("i32", "i32"), ("f64",)), "PyInit_x": Signature((), ("i32",))}
    assert read.needed == ("libblas.so",)
    assert str(read.exports["dnrm2_"]) == "(i32, i32) -> f64" and str(read.imports["daxpy_"]).endswith("nothing")


@pytest.mark.parametrize("damage", [lambda wasm: b"\x7fELF" + wasm, lambda wasm: wasm[:60], lambda wasm: b""])
def test_what_is_no_module_is_refused(damage) -> None:
    with pytest.raises(NotWasm):
        read_module(damage(module({"a": VOID}, {"b": VOID})))


def test_a_needed_library_with_another_signature_is_found() -> None:
    modules = {
        "lib/a.so": read_module(module({"dgemm_": VOID, "xerbla_": LONGER}, needed=["libblas.so"])),
        "lib/libblas.so": read_module(module(needed=["libkernels.so"], exports={"xerbla_": LONGER})),
        "lib/libkernels.so": read_module(module(exports={"dgemm_": LONGER})),
        # Not linked with a.so: it may have a function of that name with another type.
        "lib/b.so": read_module(module(exports={"xerbla_": VOID})),
    }
    (wrong,) = find_mismatches(modules)
    assert (wrong.function, wrong.importer, wrong.exporter) == ("dgemm_", "lib/a.so", "lib/libkernels.so")
    assert "(i32, i32) -> nothing" in str(wrong) and "(i32, i32, i32) -> nothing" in str(wrong)


def test_the_main_module_counts_for_all() -> None:
    main = {"python.wasm": read_module(module(exports={"PyList_New": VALUE}))}
    assert not find_mismatches({**main, "a.so": read_module(module({"PyList_New": VALUE, "unknown": VOID}))})
    assert find_mismatches({**main, "a.so": read_module(module({"PyList_New": VOID}))})


def test_a_package_is_checked_against_its_environment(tmp_path: Path) -> None:
    def package(name: str, path: str, wasm: bytes) -> Path:
        return make_package(tmp_path / f"{name}-1-0.conda", {path: wasm, "lib/readme.so": b"text"})

    user = package("user", "lib/user.so", module({"f": VOID}, needed=["libf.so"]))
    good = package("good", "lib/libf.so", module(exports={"f": VOID}))
    bad = package("bad", "lib/libf.so", module(exports={"f": LONGER}))
    other = package("other", "lib/other.so", module())
    assert not check_package(user, [good, other])
    assert [wrong.function for wrong in check_package(user, [bad, other])] == ["f"]
    assert check_package(bad, [user])  # the library was rebuilt: what it breaks is found, too
    assert not check_package(other, [user, bad])  # not this package's fault
