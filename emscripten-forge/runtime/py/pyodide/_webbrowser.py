"""webbrowser where the program runs in the browser: a new tab."""

from __future__ import annotations

import webbrowser


class _Page(webbrowser.BaseBrowser):
    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        """False where there is no window, as in a worker."""
        import js

        if not hasattr(js, "window"):
            return False
        js.window.open(url, "_blank")
        return True


def _install() -> None:
    """Make the page's own browser the preferred one."""
    webbrowser.register("page", _Page, preferred=True)


_install()
