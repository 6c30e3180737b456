// The terminal: data goes to stdout, messages to stderr; colours only if the stream is a terminal.
import { styleText } from "node:util";

export interface Terminal {
  /** One line of data. */
  out(line: string): void;
  /** The requested result, unchanged. */
  print(text: string): void;
  /** One line for people. */
  say(line: string): void;
  /** For {@link say}. */
  style(format: Format, text: string): string;
  /** For {@link print}. */
  paint(format: Format, text: string): string;
  /** A stream that is not a terminal has no screen. */
  readonly screens: { readonly stdout?: Screen | undefined; readonly stderr?: Screen | undefined };
  /** @returns a function that stops listening */
  onInterrupt(listener: () => void): () => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
}

/** An interactive terminal, for output that is redrawn. */
export interface Screen {
  columns(): number;
  rows(): number;
  write(text: string): void;
}

export type Format = Parameters<typeof styleText>[0];
export type Paint = (format: Format, text: string) => string;

export const processTerminal = (): Terminal => ({
  // Dimmed on a terminal, so that messages stand out; unchanged elsewhere.
  out: (line) => void process.stdout.write(`${styleText("dim", line, { stream: process.stdout })}\n`),
  print: (text) => void process.stdout.write(text.endsWith("\n") || text === "" ? text : `${text}\n`),
  say: (line) => void process.stderr.write(`${line}\n`),
  style: (format, text) => styleText(format, text, { stream: process.stderr }),
  paint: (format, text) => styleText(format, text, { stream: process.stdout }),
  screens: { stdout: screenOf(process.stdout), stderr: screenOf(process.stderr) },
  onInterrupt: (listener) => {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
  env: process.env,
  now: () => new Date(),
});

const screenOf = (stream: NodeJS.WriteStream): Screen | undefined => {
  if (!stream.isTTY || process.env["TERM"] === "dumb") return undefined;
  return {
    columns: () => stream.columns || 80,
    rows: () => stream.rows || 24,
    write: (text) => void stream.write(text),
  };
};
