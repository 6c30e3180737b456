#!/bin/sh
# The build's own tag goes, whatever came of it. Without one the build failed, and there is nothing to do.
set -eu
export NPM_CONFIG_USERCONFIG=/keptn/ci/npmrc
npm dist-tag rm "$PACKAGE" "$BUILD" || echo "there is no tag $BUILD"
