// Image references, and which ones an operator's list allows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkImage, isImageAllowed } from "../../../../functions/lib/core/config/images.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

test("accepts every spelling of an image reference", () => {
  const images = [
    "alpine",
    "alpine:3.20",
    "me/tool",
    "docker.io/library/alpine",
    "ghcr.io/me/deep/tool:v1.2_3",
    "localhost/x",
  ];
  for (const image of [
    ...images,
    "localhost:5000/x",
    `alpine@${digest}`,
    `ghcr.io/me/tool:1@${digest}`,
    "[::1]:5000/x",
    "a__b",
  ]) {
    assert.equal(checkImage(image), undefined, image);
  }
});

test("rejects everything else", () => {
  for (const image of [
    "Alpine",
    "a b",
    " alpine",
    "alpine:",
    "alpine:a b",
    "me//tool",
    "alpine@sha256:12",
    "-alpine",
    "https://x/y",
  ]) {
    assert.equal(checkImage(image)?.code, "bad-image", image);
  }
});

const spellings = [
  "alpine",
  "alpine:latest",
  "library/alpine",
  "docker.io/alpine",
  "docker.io/library/alpine:latest",
  "index.docker.io/library/alpine",
];

test("treats all spellings of a Docker Hub image as the same image", () => {
  for (const listed of spellings) {
    for (const image of spellings) assert.equal(isImageAllowed(image, [listed]), true, `${image} by ${listed}`);
    assert.equal(isImageAllowed("alpine:3.20", [listed]), false, listed);
    assert.equal(isImageAllowed("ghcr.io/library/alpine", [listed]), false, listed);
  }
});

const allowed: readonly (readonly [glob: string, image: string, expected: boolean])[] = [
  ["docker.io/*", "alpine", true],
  ["docker.io/*", "me/tool", false],
  ["docker.io/**", "me/tool:1", true],
  ["docker.io/me/*", "me/tool:1", true],
  ["*", "alpine:3", true],
  ["*", "ghcr.io/me/tool", false],
  ["**", "ghcr.io/me/tool", true],
  ["ghcr.io/me/*", "ghcr.io/me/tool:1", true],
  ["ghcr.io/me/*", "ghcr.io/me/deep/tool", false],
  ["ghcr.io/me/**", "ghcr.io/me/deep/tool", true],
  ["ghcr.io/me/tool:*", "ghcr.io/me/tool", true],
  ["ghcr.io/me/tool:*", `ghcr.io/me/tool@${digest}`, true],
  ["ghcr.io/me/tool:1.*", `ghcr.io/me/tool@${digest}`, false],
  ["ghcr.io/me/tool:1.2", `ghcr.io/me/tool:1.2@${digest}`, false],
  [`ghcr.io/me/tool@${digest}`, `ghcr.io/me/tool@${digest}`, true],
  ["ghcr.io/me/tool:1.?", "ghcr.io/me/tool:1.2", true],
  ["ghcr.io/me/tool:1.?", "ghcr.io/me/tool:1.20", false],
  ["ghcr.io/me/tool", "ghcr.io/me/toolbox", false],
  ["ghcr.io/me/tool", "evil.example.com/ghcr.io/me/tool", false],
  ["ghcr.io/*/tool:1", "ghcr.io/me/tool:1", true],
  ["localhost:5000/x", "localhost:5000/x:latest", true],
  ["ghcr.io.evil/*", "ghcrXioXevil/x", false],
];

for (const [glob, image, expected] of allowed) {
  test(`${glob} ${expected ? "allows" : "does not allow"} ${image.slice(0, 40)}`, () => {
    assert.equal(isImageAllowed(image, ["some/other", glob]), expected);
  });
}

test("an empty list allows everything", () => assert.equal(isImageAllowed("any.example.com/thing", []), true));
