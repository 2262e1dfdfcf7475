"""Makes webbrowser open a tab of the browser that the program runs in."""

from __future__ import annotations

import webbrowser


class _Page(webbrowser.BaseBrowser):
    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        """Open url in a new tab. Returns False if there is no window, as in a worker."""
        import js

        if not hasattr(js, "window"):
            return False
        js.window.open(url, "_blank")
        return True


def _install() -> None:
    """Make the page's own browser the preferred one."""
    webbrowser.register("page", _Page, preferred=True)


_install()
