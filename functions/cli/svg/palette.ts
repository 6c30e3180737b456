// Colours and fonts of our pictures: of a light page, and of a dark one where the reader's machine asks for it.

interface Colours {
  readonly page: string;
  readonly card: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly running: string;
  readonly passed: string;
  readonly failed: string;
  readonly warning: string;
  readonly starting: string;
  readonly init: string;
  readonly waiting: string;
}

const light: Colours = {
  ...{ page: "#ffffff", card: "#f6f8fa", line: "#d1d9e0", text: "#1f2328", muted: "#59636e" },
  ...{
    running: "#0969da",
    passed: "#1a7f37",
    failed: "#cf222e",
    warning: "#9a6700",
    starting: "#d4a72c",
    init: "#8250df",
    waiting: "#d1d9e0",
  },
};

const dark: Colours = {
  ...{ page: "#0d1117", card: "#151b23", line: "#3d444d", text: "#f0f6fc", muted: "#9198a1" },
  ...{
    running: "#4493f8",
    passed: "#3fb950",
    failed: "#f85149",
    warning: "#d29922",
    starting: "#bb8009",
    init: "#ab7df8",
    waiting: "#3d444d",
  },
};

/** Custom properties would be shorter, but not every program that shows SVG knows them. */
const rules = (colours: Colours): string =>
  [
    `.page{fill:${colours.page};stroke:${colours.line}}`,
    `.card{fill:${colours.card};stroke:${colours.line}}`,
    `.line{stroke:${colours.line};fill:none}`,
    `.arrow{stroke:${colours.muted};fill:none}`,
    `.head{fill:${colours.muted}}`,
    `text{fill:${colours.text}}`,
    `.muted{fill:${colours.muted}}`,
    ...(["running", "passed", "failed", "warning", "starting", "init", "waiting"] as const).flatMap((name) => [
      `.${name}{fill:${colours[name]}}`,
      `.card.${name}{fill:${colours.card};stroke:${colours[name]}}`,
    ]),
  ].join("");

const fonts = [
  "text{font:13.5px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}",
  ".small{font-size:11.5px}.strong{font-weight:600}",
  ".mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}",
  ".arrow,.line{stroke-width:1.5}.dashed{stroke-dasharray:4 4}",
].join("");

export const palette = `${fonts}${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}`;
