#!/bin/sh
# Back to the version that the event names. A migration that failed halfway left a mark: it is taken off before.
set -eu
migrate() { command migrate -path /keptn/migrations -database "$DATABASE_URL" "$@"; }
version=$(migrate version 2>&1) || true
case $version in
  *dirty*) migrate force "${version%% *}" ;;
esac
migrate goto "$FROM"
