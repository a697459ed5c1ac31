import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";

/** What a name stands for: addresses, by turns where there are several lists, or another name. */
export type DnsEntry = { readonly addresses: readonly (readonly string[])[] } | { readonly alias: string };

/** A name server that knows what it is told; any other name does not exist. */
export type DnsServer = {
  /** The names that were asked for, in order. */
  readonly asked: readonly string[];
  /** Forgets whose turn it is: the next answers are the first ones. */
  startOver(): void;
  close(): Promise<void>;
};

const types = { A: 1, CNAME: 5, AAAA: 28 } as const;

/** Starts it at a port of 127.0.0.1, over UDP (RFC 1035). No answer may be kept: each has a TTL of 0. */
export async function startDnsServer(
  entries: Readonly<Record<string, DnsEntry>>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<DnsServer> {
  const asked: string[] = [];
  const turns = new Map<string, number>();
  const socket = createSocket("udp4");
  socket.on("message", (query, peer) => {
    const question = readQuestion(query);
    if (question === undefined) return;
    asked.push(question.name);
    socket.send(answer(query, question), peer.port, peer.address);
  });
  socket.bind(port, host);
  await once(socket, "listening");
  return {
    asked,
    startOver: () => turns.clear(),
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };

  function answer(query: Buffer, { name, type, end }: Question): Buffer {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    const records = entry === undefined ? [] : recordsOf(name, entry, type);
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    // A response, recursion as asked for and available; 3 says that there is no such name.
    head.writeUInt16BE(0x8180 | (entry === undefined ? 3 : 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    return Buffer.concat([head, query.subarray(12, end), ...records]);
  }

  function recordsOf(name: string, entry: DnsEntry, type: number): readonly Buffer[] {
    if ("alias" in entry) {
      const target = entries[entry.alias];
      const rest = target === undefined ? [] : recordsOf(entry.alias, target, type);
      return [record(name, types.CNAME, writeName(entry.alias)), ...rest];
    }
    const turn = turns.get(name) ?? 0;
    const list = entry.addresses[Math.min(turn, entry.addresses.length - 1)]!;
    const fitting = list.filter((address) => type === (isIPv6(address) ? types.AAAA : types.A));
    if (fitting.length > 0) turns.set(name, turn + 1);
    return fitting.map((address) => record(name, type, bytesOf(address)));
  }
}

type Question = { readonly name: string; readonly type: number; readonly end: number };

function readQuestion(query: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]; length !== undefined && length !== 0; length = query[at]) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > query.length) return undefined;
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function record(name: string, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([writeName(name), head, data]);
}

function writeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, "latin1")]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

function bytesOf(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const all = [...first, ...Array<string>(8 - first.length - last.length).fill("0"), ...last];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}
