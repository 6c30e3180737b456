#!/usr/bin/env bash
# The pre-commit hook: pre-commit has cloned us, and this brings what the command needs, once. (pre-commit's own way, `npm install` of the
# clone, packs it without a build.)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ -x "$root/node_modules/.bin/node" ] || npm ci --no-audit --no-fund --prefix "$root" >&2
exec "$root/node_modules/.bin/node" "$root/functions/cli/main.ts" lint "$@"
