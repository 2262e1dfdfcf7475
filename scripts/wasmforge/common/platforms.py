"""The two platforms that packages are built for, by their conda names."""

BUILD_PLATFORM = "linux-64"
"""Where tools run: the machine that builds."""

TARGET_PLATFORM = "emscripten-wasm32"
"""Where libraries run: a browser tab, or node."""
