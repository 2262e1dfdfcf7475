"""Files that outlive the page: the origin's private file system, and IndexedDB."""

from __future__ import annotations

from playwright.sync_api import Page
from test_runtime import RunJS, run_js, visit  # noqa: F401 (run_js is a fixture)

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
