// Lists Keptn's projects with the event types of their shipyard files.
import * as z from "zod";
import { makeProject, type Project } from "../core/source/project.ts";
import type { KeptnApi } from "./api.ts";

const page = z.object({
  projects: z.array(z.object({ projectName: z.string(), shipyard: z.string().nullish() })).nullish(),
  nextPageKey: z.string().nullish(),
});

/** @throws IoError */
export const listProjects = async (api: KeptnApi): Promise<readonly Project[]> => {
  const query = new URLSearchParams({ pageSize: "50" });
  const all: Project[] = [];
  for (;;) {
    const { projects, nextPageKey } = await api.call({ path: `controlPlane/v1/project?${query}`, shape: page });
    for (const { projectName, shipyard } of projects ?? []) all.push(makeProject(projectName, shipyard ?? ""));
    if (!nextPageKey || nextPageKey === "0") return all;
    query.set("nextPageKey", nextPageKey);
  }
};
