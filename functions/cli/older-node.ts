// Polyfills for Node before 24. Only bin.mjs loads them, before the bundled command.
import "core-js/actual/iterator/index.js";
import "core-js/actual/json/is-raw-json.js";
import "core-js/actual/json/parse.js";
import "core-js/actual/json/raw-json.js";
import "core-js/actual/json/stringify.js";
import "core-js/actual/map/group-by.js";
import "core-js/actual/promise/with-resolvers.js";
import "core-js/actual/set/union.js";
