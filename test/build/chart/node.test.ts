// Objects with conditions in them, and their text as a Helm template.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { emitNode } from "../../../build/chart/emit.ts";
import { mergeDifferences, type Node } from "../../../build/chart/node.ts";
import { toNode } from "../../../build/chart/placeholders.ts";

const emit = (base: unknown, ...changes: readonly (readonly [when: string, to: unknown, from?: unknown])[]): string => {
  const differences = changes.map(([when, to, from = base]) => ({ when, from: toNode(from), to: toNode(to) }));
  return emitNode(mergeDifferences(toNode(base), differences) as Node).join("\n");
};

describe("a condition", () => {
  test("stands around what it changes, and nothing else", () => {
    assert.equal(
      emit({ a: { b: 1, c: 2 } }, ["$x", { a: { b: 1, c: 3 } }]),
      "a:\n  b: 1\n  {{- if $x }}\n  c: 3\n  {{- else }}\n  c: 2\n  {{- end }}",
    );
  });

  test("adds or removes a key", () => {
    assert.equal(emit({ a: 1 }, ["$x", { a: 1, b: 2 }]), "a: 1\n{{- if $x }}\nb: 2\n{{- end }}");
    assert.equal(emit({ a: 1, b: 2 }, ["$x", { a: 1 }]), "a: 1\n{{- if not ($x) }}\nb: 2\n{{- end }}");
  });

  test("changes an item of a list, or the whole list", () => {
    assert.equal(emit([1, 2], ["$x", [1, 3]]), "- 1\n{{- if $x }}\n- 3\n{{- else }}\n- 2\n{{- end }}");
    assert.equal(
      emit({ l: [1] }, ["$x", { l: [2, 3] }]),
      "{{- if $x }}\nl:\n  - 2\n  - 3\n{{- else }}\nl:\n  - 1\n{{- end }}",
    );
  });

  test("stands around a map of which every key differs", () => {
    assert.equal(
      emit([{ name: 1, value: 2 }], ["$x", [{ name: 3, value: 4 }]]),
      "{{- if $x }}\n- name: 3\n  value: 4\n{{- else }}\n- name: 1\n  value: 2\n{{- end }}",
    );
  });

  test("is one of several in the same place", () => {
    const text = emit({ a: 1 }, ["$x", { a: 2 }], ["$y", { a: 3 }], ["$z", { a: 2 }]);
    assert.equal(text, "{{- if or ($x) ($z) }}\na: 2\n{{- else if $y }}\na: 3\n{{- else }}\na: 1\n{{- end }}");
  });

  test("says only what it changes itself", () => {
    assert.equal(emit({ a: 1 }, ["$x", { a: 1, b: 9, c: 3 }, { a: 1, b: 9 }]), "a: 1\n{{- if $x }}\nc: 3\n{{- end }}");
  });

  test("cannot stand inside another", () => {
    const choice = mergeDifferences(toNode(1), [{ when: "$x", from: toNode(1), to: toNode(2) }]);
    assert.throws(() => mergeDifferences(choice, [{ when: "$y", from: toNode(1), to: toNode(3) }]), /two conditions/);
  });
});

describe("a text", () => {
  test("that stands for a value is an expression", () => {
    assert.equal(emit({ namespace: "keptn-jes" }), "namespace: {{ $plan.namespace | quote }}");
    assert.equal(emit({ a: "{{ .X }}" }), "a: {{ .X | quote }}");
  });

  test("that stands for entries is indented with them", () => {
    assert.equal(
      emit({ a: { b: { "{{ entries .X }}": "" } } }),
      "a:\n  b:\n    {{- with .X }}{{ toYaml . | nindent 4 }}{{ end }}",
    );
    assert.equal(emit({ a: [{ "{{ entries .X }}": "" }] }), "a:\n  {{- with .X }}{{ toYaml . | nindent 2 }}{{ end }}");
  });

  test("is quoted where YAML 1.1 would take it for something else", () => {
    assert.equal(emit({ a: "on", b: "0123", c: "x\ny\n" }), 'a: "on"\nb: "0123"\nc: |\n  x\n  y');
  });

  test("that Helm would take for a template is refused", () => {
    assert.throws(() => toNode("a {{ b }}"), /take for a template/);
  });
});
