// A client of yaml-language-server, as editors have one: opens a file, and asks what is said about it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

export interface LanguageServer {
  /** @returns what is underlined in the file, once its schema has been read */
  readonly open: (file: string, text: string) => Promise<readonly Diagnostic[]>;
  /** @returns Markdown; empty where nothing is said */
  readonly hover: (file: string, at: Position) => Promise<string>;
  readonly complete: (file: string, at: Position) => Promise<readonly Completion[]>;
  readonly close: () => Promise<void>;
}

/** Counted from 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: Position };
}

export interface Completion {
  readonly label: string;
  readonly documentation?: string | { readonly value: string };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly uri?: string;
    readonly items?: readonly unknown[];
    readonly diagnostics?: readonly Diagnostic[];
  };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Throws where the package is not installed: `npm ci` brings it. */
const program = () => createRequire(import.meta.url).resolve("yaml-language-server/bin/yaml-language-server");

export const startLanguageServer = async (): Promise<LanguageServer> => {
  const child = spawn(process.execPath, [program(), "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const pending = new Map<number, { resolve: (result: unknown) => void; reject: (fault: Error) => void }>();
  const opened = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();
  const send = (message: object) => write(child, { jsonrpc: "2.0", ...message });
  let ids = 0;
  const request = (method: string, params: object): Promise<unknown> => {
    const id = ++ids;
    send({ id, method, params });
    return new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
  };
  readMessages(child, ({ id, method, params, result, error }) => {
    if (method === "textDocument/publishDiagnostics") opened.get(params?.uri ?? "")?.(params?.diagnostics ?? []);
    if (method !== undefined && id !== undefined) send({ id, result: (params?.items ?? []).map(() => settings) });
    if (method !== undefined || id === undefined) return;
    if (error) pending.get(id)?.reject(new Error(error.message));
    else pending.get(id)?.resolve(result);
  });
  child.once("exit", () => {
    for (const { reject } of pending.values()) reject(new Error("yaml-language-server has ended"));
  });

  await request("initialize", { processId: process.pid, rootUri: null, capabilities });
  send({ method: "initialized", params: {} });
  send({ method: "workspace/didChangeConfiguration", params: { settings: { yaml: settings } } });
  const at = (file: string, position: Position) => ({ textDocument: { uri: uriOf(file) }, position });
  return {
    open: (file, text) => {
      const textDocument = { uri: uriOf(file), languageId: "yaml", version: 1, text };
      const diagnostics = new Promise<readonly Diagnostic[]>((resolve) => opened.set(textDocument.uri, resolve));
      send({ method: "textDocument/didOpen", params: { textDocument } });
      return diagnostics;
    },
    hover: async (file, position) => {
      const found = (await request("textDocument/hover", at(file, position))) as { contents: { value: string } } | null;
      return found?.contents.value ?? "";
    },
    complete: async (file, position) => {
      const { items } = (await request("textDocument/completion", at(file, position))) as { items: Completion[] };
      return items;
    },
    close: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
};

/** Nothing is fetched from anywhere: the schema is the one that the file's modeline names. */
const settings = {
  schemaStore: { enable: false },
  kubernetesCRDStore: { enable: false },
  hover: true,
  completion: true,
  validate: true,
};

const capabilities = {
  textDocument: {
    hover: { contentFormat: ["markdown"] },
    completion: { completionItem: { documentationFormat: ["markdown"], snippetSupport: true } },
  },
};

const uriOf = (file: string): string => pathToFileURL(file).href;

const write = (child: ChildProcess, message: object): void => {
  const body = JSON.stringify(message);
  child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
};

/** Messages come with their length in a header, in pieces of any size. */
const readMessages = (child: ChildProcess, take: (message: Message) => void): void => {
  let buffer = Buffer.alloc(0);
  child.stdout?.on("data", (piece: Buffer) => {
    buffer = Buffer.concat([buffer, piece]);
    for (;;) {
      const end = buffer.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, Math.max(0, end)).toString())?.[1]);
      if (end < 0 || buffer.length < end + 4 + length) return;
      const body = buffer.subarray(end + 4, end + 4 + length);
      buffer = buffer.subarray(end + 4 + length);
      take(JSON.parse(body.toString()));
    }
  });
};
