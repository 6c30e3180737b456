// Gives a process a root of its own, in which paths such as /keptn are its own: a mount namespace, where the system allows one.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { answers } from "./answers.ts";

export interface PrivateRoot {
  /** The command line that runs a command in such a root. It says "ready" on its file descriptor 3 once that is made. */
  wrap(command: readonly string[], place: Place): string[];
}

interface Place {
  /** An empty folder of this machine that becomes the root. */
  readonly root: string;
  readonly workingDir: string;
  /** Path in the root, then the folder or file of this machine that is seen there. */
  readonly mounts: Readonly<Record<string, string>>;
}

/** As root, or as any user where user namespaces are allowed; both fail in most containers. */
const ways = [
  ["unshare", "--mount"],
  ["unshare", "--user", "--map-root-user", "--mount"],
];

const probeSeconds = 10;

/** Tries what this system allows. @returns undefined when nothing */
export const findPrivateRoot = async (): Promise<PrivateRoot | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), "job-executor-probe-"));
  try {
    const place = { root: join(folder, "root"), workingDir: "/keptn", mounts: { "/keptn": join(folder, "keptn") } };
    await mkdir(place.root);
    await mkdir(join(folder, "keptn"));
    await writeFile(join(folder, "keptn", "probe"), "");
    for (const way of ways) {
      const privateRoot = privateRootBy(way);
      if (await answers(privateRoot.wrap(["test", "-f", "probe"], place), { seconds: probeSeconds }))
        return privateRoot;
    }
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const privateRootBy = (way: readonly string[]): PrivateRoot => ({
  wrap: (command, { root, workingDir, mounts }) => [
    ...way,
    ...["sh", "-c", script, "sh", root, workingDir],
    ...[...parentsOf(Object.keys(mounts)), "--"],
    ...[...Object.entries(mounts).flat(), "--"],
    ...command,
  ],
});

/** Every folder above these paths, the highest first: those must be our own, to put something into them. */
const parentsOf = (paths: readonly string[]): string[] => {
  const above = (path: string): string[] => (path === "/" ? [] : [...above(dirname(path)), dirname(path)]);
  return [...new Set(paths.flatMap(above))].sort((a, b) => a.length - b.length);
};

/**
 * A folder of our own is an empty file system, into which everything that the machine has there is mounted. Nothing is written
 * on the machine itself. What cannot be mounted is left empty; the hundred terminals and loops of /dev are left out, as in a
 * container.
 */
const script = `set -eu
root=$1 dir=$2
shift 2
mirror() {
  mkdir -p "$root$1"
  mount -t tmpfs -o mode=755 tmpfs "$root$1"
  for entry in "\${1%/}"/* "\${1%/}"/.[!.]*; do
    case $entry in /dev/tty?* | /dev/vcs* | /dev/loop*) continue ;; esac
    if [ -L "$entry" ]; then ln -s "$(readlink "$entry")" "$root$entry"
    elif [ -d "$entry" ]; then mkdir "$root$entry"; mount --rbind "$entry" "$root$entry" 2>&- || :
    elif [ -e "$entry" ]; then : >"$root$entry"; mount --bind "$entry" "$root$entry" 2>&- || :
    fi
  done
}
while [ "$1" != -- ]; do mirror "$1"; shift; done
shift
while [ "$1" != -- ]; do
  if [ -d "$2" ]; then mkdir -p "$root$1"; elif [ ! -e "$root$1" ]; then : >"$root$1"; fi
  mount --bind "$2" "$root$1"
  shift 2
done
shift
[ ! -e /dev/fd/3 ] || echo ready >&3
exec 3>&-
exec unshare --root="$root" --wd="$dir" -- "$@"
`;
