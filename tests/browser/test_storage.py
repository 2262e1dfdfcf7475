"""Files that outlive the page: the origin's private file system, and IndexedDB."""

from __future__ import annotations

import json

from playwright.sync_api import Page
from test_runtime import IN_WORKER, PRELUDE, RunJS, run_js, visit  # noqa: F401 (run_js is a fixture)

from wasmforge.host.serve import Server


def test_mount_native_fs(run_js: RunJS) -> None:  # noqa: F811
    body = r"""
        const root = await navigator.storage.getDirectory();
        const handle = await root.getDirectoryHandle("kept", { create: true });
        const write = async (folder, name, text) => {
          const file = await (await folder.getFileHandle(name, { create: true })).createWritable();
          await file.write(text);
          await file.close();
        };
        await write(handle, "there.txt", "from outside");
        await write(await handle.getDirectoryHandle("folder", { create: true }), "deep.bin", new Uint8Array([0, 255]));
        const python = await loadPython(quiet);
        const fs = await python.mountNativeFS("/mnt/kept", handle);
        const read = python.runPython(`
            import os, pathlib, shutil
            mnt = pathlib.Path("/mnt/kept")
            result = mnt.joinpath("there.txt").read_text() + mnt.joinpath("folder/deep.bin").read_bytes().hex()
            mnt.joinpath("new").mkdir()
            mnt.joinpath("new/file.txt").write_text("from Python")
            mnt.joinpath("there.txt").rename(mnt / "renamed.txt")
            shutil.rmtree(mnt / "folder")
            result
        `);
        await fs.syncfs();
        const names = [];
        for await (const name of handle.keys()) names.push(name);
        const file = await (await (await handle.getDirectoryHandle("new")).getFileHandle("file.txt")).getFile();
        const busy = await failure(() => python.mountNativeFS("/mnt/kept", handle));
        const wrong = await failure(() => python.mountNativeFS("/mnt/other", file));
        python.FS.unmount("/mnt/kept");
        const empty = python.runPython("len(os.listdir('/mnt/kept'))");
        const again = await loadPython(quiet);
        await again.mountNativeFS("/mnt/kept", handle);
        return [read, names.sort(), await file.text(), busy.message, wrong.name, empty,
                again.runPython("open('/mnt/kept/renamed.txt').read()")];
    """
    assert run_js(body) == [
        "from outside00ff",
        ["new", "renamed.txt"],
        "from Python",
        "/mnt/kept is already a mount point",
        "TypeError",
        0,
        "from outside",
    ]


def test_native_fs_by_its_name(run_js: RunJS) -> None:  # noqa: F811
    """As programs for Pyodide mount it."""
    body = r"""
        const root = await navigator.storage.getDirectory();
        const fileSystemHandle = await root.getDirectoryHandle("by-name", { create: true });
        const python = await loadPython(quiet);
        const { FS } = python;
        const synchronise = (populate) => new Promise((done, failed) => FS.syncfs(populate, (error) => (error ? failed(error) : done())));
        FS.mkdir("/mine");
        FS.mount(FS.filesystems.NATIVEFS_ASYNC, { fileSystemHandle }, "/mine");
        await synchronise(true);
        python.runPython("open('/mine/a.txt', 'w').write('kept')");
        await synchronise(false);
        return (await (await fileSystemHandle.getFileHandle("a.txt")).getFile()).text();
    """
    assert run_js(body) == "kept"


def test_worker_fs_reads_files_without_a_copy(page: Page, server: Server) -> None:
    """A blob of 300 MB, of which the end is read: Python's memory does not grow by it."""
    visit(page, server)
    body = r"""
        const megabyte = new Uint8Array(1 << 20);
        const blob = new Blob([...Array(300).fill(megabyte), "the end"]);
        const python = await loadPython(quiet);
        const { FS } = python;
        FS.mkdir("/files");
        FS.mount(FS.filesystems.WORKERFS, { blobs: [{ name: "sub/big.bin", data: blob }], files: [new File(["text"], "a.txt")] }, "/files");
        const before = python._module.HEAP8.length;
        const read = python.runPython(`
            import os
            with open("/files/sub/big.bin", "rb") as file:
                file.seek(-7, os.SEEK_END)
                end = file.read().decode()
            f"{end} {os.path.getsize('/files/sub/big.bin')} {open('/files/a.txt').read()} {os.listdir('/files/sub')}"
        `);
        return [read, python._module.HEAP8.length - before < 10e6];
    """
    assert page.evaluate(IN_WORKER, PRELUDE % json.dumps(server.url) + body) == [
        f"the end {300 * 2**20 + 7} text ['big.bin']",
        True,
    ]


def test_idbfs(page: Page, server: Server) -> None:
    """A module written before the page was loaded anew can be imported."""
    load = f"""
        const {{ loadPython }} = await import("{server.url}bootstrap.mjs");
        const python = await loadPython();
        const synchronise = (populate) => new Promise((resolve, reject) =>
          python.FS.syncfs(populate, (error) => (error ? reject(error) : resolve())));
        python.FS.mkdir("/kept");
        python.FS.mount(python.FS.filesystems.IDBFS, {{}}, "/kept");
    """
    program = "import sys; sys.path.append('/kept'); import module; module.value"
    visit(page, server)
    page.evaluate(
        f"(async () => {{ {load} python.FS.writeFile('/kept/module.py', 'value = 7'); await synchronise(false); }})()"
    )
    page.reload()
    result = page.evaluate(
        f'(async () => {{ {load} await synchronise(true); return python.runPython("{program}"); }})()'
    )
    assert result == 7
