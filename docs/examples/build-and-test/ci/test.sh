#!/bin/sh
# Installs what was built, as anybody would, and tests it with the Node of this image.
set -eu
export NPM_CONFIG_USERCONFIG=/keptn/ci/npmrc
cd /keptn/app
npm install --no-save "$PACKAGE@$BUILD"
node --test
