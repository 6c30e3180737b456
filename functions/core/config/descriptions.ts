// What the job config's schema says of its fields to people and editors.
import * as z from "zod";

/** Fields are added by `register`. zod's `meta` would copy each of them, and every cold start pay for it. */
export const descriptions = z.registry<z.core.JSONSchemaMeta>();
