"""What Python asks of its system, in each engine: times of files, processor time, alarms, time zones, terminals."""

from __future__ import annotations

from engine import Engine


def test_nanoseconds_of_files_in_memory(engine: Engine) -> None:
    code = """
        import os
        def after(*times):
            open("/tmp/timed", "w").close()
            os.utime("/tmp/timed", ns=times)
            with open("/tmp/timed") as file:
                same = os.fstat(file.fileno()).st_mtime_ns == os.stat("/tmp/timed").st_mtime_ns
            status = os.stat("/tmp/timed")
            return (status.st_atime_ns, status.st_mtime_ns) == times and same
        kept = [after(1234567890123456789, 1234567891987654321), after(-1, -1_500_000_000), after(0, 1)]
        with open("/tmp/timed", "w") as file: file.write("changed")
        new = os.stat("/tmp/timed")
        os.remove("/tmp/timed")
        kept, new.st_atime_ns, new.st_mtime > 1.7e9
    """
    assert engine.py(code) == "([True, True, True], 0, True)"


def test_alarm(engine: Engine) -> None:
    code = """
        import asyncio, signal, time
        rung = []
        before = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        while not rung: pass
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        time.sleep(0.5)
        slept = len(rung)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        await asyncio.sleep(0.5)
        signal.signal(signal.SIGALRM, before)
        slept, len(rung)
    """
    assert engine.py(code) == "(2, 3)"


def test_processor_time(engine: Engine) -> None:
    """In a page it is the time in which Python does not wait."""
    code = """
        import asyncio, time
        start = time.process_time()
        time.sleep(0.5)
        slept = time.process_time() - start
        start, end = time.thread_time(), time.perf_counter() + 0.5
        while time.perf_counter() < end: pass
        slept < 0.3, time.thread_time() - start > 0.05
    """
    assert engine.py(code) == "(True, True)"


def test_time_zone(engine: Engine) -> None:
    code = """
        import os, time
        before = time.localtime(0)
        seen = []
        for zone in "Asia/Kolkata", "EST+05EDT,M4.1.0,M10.5.0":
            os.environ["TZ"] = zone
            time.tzset()
            local = time.localtime(1_720_000_000)
            seen.append((local.tm_hour, local.tm_isdst, local.tm_gmtoff, time.mktime(local), time.strftime("%Z", local)))
        del os.environ["TZ"]
        time.tzset()
        seen, time.localtime(0) == before
    """
    expected = "[(15, 0, 19800, 1720000000.0, 'IST'), (5, 1, -14400, 1720000000.0, 'EDT')]"
    assert engine.py(code) == f"({expected}, True)"


def test_terminal(engine: Engine) -> None:
    code = """
        import os, termios
        os.get_terminal_size(), bool(termios.tcgetattr(1)[3] & termios.ECHO)
    """
    javascript = """
        python.setStdout({ write: (bytes) => bytes.length, isatty: true, getTerminalSize: () => ({ rows: 33, columns: 44 }) });
        try {
          return repr(await pyAsync(code));
        } finally {
          python.setStdout();
        }
    """
    assert engine.js(javascript, code=code) == '"(os.terminal_size(columns=44, lines=33), True)"'


def test_file_systems_of_emscripten(engine: Engine) -> None:
    """One interpreter's folder in another place, the delegate that hears of changes, and paths."""
    javascript = """
        const { FS, _module } = python;
        const heard = [];
        FS.trackingDelegate.onOpenFile = (path) => path.startsWith("/there/") && heard.push(path);
        FS.mkdirTree("/here/folder");
        FS.mkdir("/there");
        FS.mount(FS.filesystems.PROXYFS, { root: "/here", fs: FS }, "/there");
        try {
          py("open('/there/folder/a.txt', 'w').write('text')");
          return [py("open('/here/folder/a.txt').read()"), heard.length > 0, _module.PATH_FS.resolve("/a", "../b")];
        } finally {
          FS.unmount("/there");
          delete FS.trackingDelegate.onOpenFile;
          py("import shutil; shutil.rmtree('/here'); shutil.rmtree('/there')");
        }
    """
    assert engine.js(javascript) == '["text", true, "/b"]'
