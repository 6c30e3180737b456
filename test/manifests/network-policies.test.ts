// The policy of tasks closes what gives a node's credentials away, over both versions of IP, and nothing else.
import assert from "node:assert/strict";
import { BlockList, isIPv6 } from "node:net";
import { test } from "node:test";
import { buildWith, noKubectl } from "./overlays.ts";

interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

const listOf = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    list.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
  }
  return list;
};

/** Node also finds an IPv4 address in ranges of IPv6, which no network policy means. */
const isIn = (address: string, ranges: readonly string[]): boolean =>
  listOf(ranges.filter((range) => range.includes(":") === isIPv6(address))).check(
    address,
    isIPv6(address) ? "ipv6" : "ipv4",
  );

test("a task reaches every address but those of metadata services", { skip: noKubectl }, async () => {
  const objects = await buildWith("manifests/overlays/in-cluster", ["network-policies"]);
  const policy = objects.find(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === "tasks");
  assert.ok(policy);
  const blocks = (policy["spec"].egress[0].to as { ipBlock: IpBlock }[]).map(({ ipBlock }) => ipBlock);
  const isOpen = (address: string) =>
    blocks.some(({ cidr, except = [] }) => isIn(address, [cidr]) && !isIn(address, except));
  const closed = [
    "169.254.169.254",
    "100.100.100.200",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fd00:42::42",
    "fe80::a9fe:a9fe",
  ];
  assert.deepEqual(closed.filter(isOpen), []);
  const open = ["10.96.0.1", "169.254.20.10", "100.100.100.199", "fd00:ec2::253", "2001:db8::1"]; // 20.10: NodeLocal DNSCache
  assert.deepEqual(open.filter(isOpen), open);
});
