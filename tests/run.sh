#!/bin/sh
# All tests with coverage; says in one line at the end what this machine could not run. Arguments go to pytest.
set -u
cd "$(dirname "$0")/.."
left_out=""
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1; then
    if [ -n "${SUDA_TEST_ALL:-}" ]; then
        echo "There is no browser, and SUDA_TEST_ALL says that nothing may be left out: install Chromium (apt install chromium)." >&2
        exit 1
    fi
    left_out="browser"
fi
# Tests choose their own settings: a developer's .env or exported setting must not change what they see.
for name in $(env | sed -n 's/^\(SUDA_[A-Z_]*\)=.*/\1/p'); do
    case $name in SUDA_TEST_ALL | SUDA_UV | SUDA_PYTHON | SUDA_ENGINE_PYTHON) ;; *) unset "$name" ;; esac
done
unset DATABASE_URL
.venv/bin/python -m pytest --cov --cov-report=term:skip-covered ${left_out:+-m "not browser"} "$@"
status=$?
[ -n "$left_out" ] && echo "Left out: the tests in a real browser, because there is no Chromium here (apt install chromium)."
exit $status
