// The projects that the double knows: the sequences of their shipyard file, and their Git repository.
import { makeRepository, type Repository } from "./repository.ts";
import type { TaskDefinition } from "./sequence.ts";

/** The branch of the project level; each stage has one of its own name. */
export const mainBranch = "main";

/** What a stage can do without a shipyard file that says so (GetTaskSequenceInStage). */
const evaluation: readonly TaskDefinition[] = [{ name: "evaluation" }];

/** Tasks of a sequence, by `stage.sequence`. */
export type Sequences = ReadonlyMap<string, readonly TaskDefinition[]>;

export interface Projects {
  has(project: string): boolean;
  /** With the text of their shipyard file, where they were created with one. */
  list(): readonly { readonly name: string; readonly shipyard: string }[];
  sequence(project: string, name: string): readonly TaskDefinition[] | undefined;
  /** Of a project, which is created when it is not there. */
  repository(project: string): Repository;
  findRepository(project: string): Repository | undefined;
  addFiles(at: At, files: Readonly<Record<string, string | Buffer>>): string;
  /** @param shipyard the text that `sequences` was read from */
  create(project: string, shipyard: string, sequences: Sequences): void;
  createService(project: string, service: string): void;
  delete(project: string): void;
}

/** A level, named by its parts. */
export interface At {
  readonly project: string;
  readonly stage?: string;
  readonly service?: string;
}

export const makeProjects = (): Projects => {
  const sequences = new Map<string, Sequences>();
  const repositories = new Map<string, Repository>();
  const shipyards = new Map<string, string>();
  const repository = (project: string): Repository => {
    const known = repositories.get(project) ?? makeRepository();
    repositories.set(project, known);
    if (!known.hasBranch(mainBranch)) known.commit(mainBranch, { "metadata.yaml": `projectName: ${project}\n` });
    return known;
  };
  const addFiles: Projects["addFiles"] = ({ project, stage, service }, files) => {
    const named = Object.entries(files).map(([name, content]) => [service ? `${service}/${name}` : name, content]);
    return repository(project).commit(stage ?? mainBranch, Object.fromEntries(named));
  };
  const stagesOf = (project: string) =>
    new Set([...(sequences.get(project)?.keys() ?? [])].map((key) => key.slice(0, key.indexOf("."))));
  return {
    ...{ repository, addFiles },
    has: (project) => repositories.has(project),
    list: () => [...repositories.keys()].sort().map((name) => ({ name, shipyard: shipyards.get(name) ?? "" })),
    sequence: (project, name) =>
      sequences.get(project)?.get(name) ?? (/\.evaluation$/.test(name) ? evaluation : undefined),
    findRepository: (project) => repositories.get(project),
    create: (project, shipyard, given) => {
      sequences.set(project, given);
      shipyards.set(project, shipyard);
      addFiles({ project }, { "shipyard.yaml": shipyard });
      for (const stage of stagesOf(project)) addFiles({ project, stage }, { "metadata.yaml": `stageName: ${stage}\n` });
    },
    createService: (project, service) => {
      for (const stage of stagesOf(project)) addFiles({ project, stage, service }, { "metadata.yaml": "" });
    },
    delete: (project) => {
      sequences.delete(project);
      repositories.delete(project);
      shipyards.delete(project);
    },
  };
};
