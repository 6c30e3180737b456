// The way from a document's root to a value: names and indices.

export type Path = readonly PropertyKey[];
