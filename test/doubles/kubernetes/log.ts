// The part of a container's output that is asked for, as a kubelet gives it.

/** The runtime's lines, on which `tailLines` counts: longer ones are cut into several (CRI logging format). */
const maxLineBytes = 16 * 1024;

export const partOfLog = (log: Buffer, query: URLSearchParams): Buffer => {
  const [tailLines, limitBytes] = [query.get("tailLines"), query.get("limitBytes")];
  const from = tailLines === null ? 0 : startOfTail(log, Number(tailLines));
  return log.subarray(from, limitBytes === null ? log.length : from + Number(limitBytes));
};

const startOfTail = (log: Buffer, lines: number): number => {
  let start = log.length;
  for (let line = 0; line < lines && start > 0; line++) {
    const longest = Math.max(0, start - maxLineBytes);
    start = longest + log.subarray(longest, start - 1).lastIndexOf(10) + 1; // what ends in a newline is looked for before that
  }
  return start;
};
