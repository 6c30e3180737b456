// `npm start`: the bundles where a buildpack made them (it sets NODE_ENV=production), else the sources as they are.
import { existsSync } from "node:fs";

const bundle = new URL("../dist/serve.cjs", import.meta.url);
const isBuilt = process.env.NODE_ENV === "production" && existsSync(bundle);
await import(isBuilt ? bundle : new URL("../functions/main.ts", import.meta.url));
