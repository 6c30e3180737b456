#!/bin/sh
# What has passed is what people get from now on.
set -eu
export NPM_CONFIG_USERCONFIG=/keptn/ci/npmrc
npm dist-tag add "$PACKAGE@$VERSION" latest
