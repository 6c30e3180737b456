// Descriptions and examples of the job config's fields, for people and editors.
import * as z from "zod";

/** Fields are added with `register`: zod's `meta` would copy each schema, which slows down every cold start. */
export const descriptions = z.registry<z.core.JSONSchemaMeta>();
