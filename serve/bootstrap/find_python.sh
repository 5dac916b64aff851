#!/bin/sh
# Print the first Python >= 3.11 that really runs: a pyenv shim may exist and still fail. The tested version comes first.
works() { "$1" -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' 2>/dev/null; }
for name in ${SUDA_PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3 python; do
    for found in "$(command -v "$name" 2>/dev/null)" "/usr/bin/$name" "/usr/local/bin/$name"; do
        [ -n "$found" ] && [ -x "$found" ] && real=$(works "$found") && [ -n "$real" ] && echo "$real" && exit 0
    done
done
for found in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[1-9]*/bin/python "$HOME"/.local/share/uv/python/cpython-3.1[1-9]*/bin/python3; do
    [ -x "$found" ] && real=$(works "$found") && echo "$real" && exit 0
done
echo "Suda needs Python 3.11 or newer and found none that runs: install one (Debian: apt install python3), or set SUDA_PYTHON to its path." >&2
exit 1
