/** An HTTP request that a documented command makes. */
export type Curl = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

/**
 * Parses a command as documents have it: `curl` with `-s`, `-X`, `-H`, `-d` and an address. Variables
 * are replaced as a shell does, not inside single quotes. Throws for anything else.
 */
export function parseCurl(command: string, variables: Readonly<Record<string, string>>): Curl {
  const words = wordsOf(command, variables);
  const headers: Record<string, string> = {};
  let [method, body, url]: [string | undefined, string | undefined, string | undefined] = [
    undefined,
    undefined,
    undefined,
  ];
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at]!;
    if (word === "-s") continue;
    if (word === "-X") method = words[++at];
    else if (word === "-d") body = words[++at];
    else if (word === "-H") {
      const [, name, value] = /^([A-Za-z-]+): (.*)$/.exec(words[++at] ?? "") ?? [];
      if (name === undefined || value === undefined) throw new Error(`a header that is none in: ${command}`);
      headers[name] = value;
    } else if (word.startsWith("-") || url !== undefined) throw new Error(`${word} is not understood in: ${command}`);
    else url = word;
  }
  if (words[0] !== "curl" || url === undefined) throw new Error(`not a call: ${command}`);
  return { url, method: method ?? (body === undefined ? "GET" : "POST"), headers, body };
}

function wordsOf(command: string, variables: Readonly<Record<string, string>>): string[] {
  const expand = (text: string) =>
    text.replace(/\$([A-Z_]+)/g, (_, name: string) => {
      if (variables[name] === undefined) throw new Error(`$${name} is not set by any example before`);
      return variables[name];
    });
  const pattern = /(?:'([^']*)'|"([^"]*)"|([^\s'"\\]+)|(\\\n|\s+))/gy;
  const words: string[] = [];
  let word: string | undefined;
  for (const [, single, double, bare, gap] of command.trimEnd().matchAll(pattern)) {
    if (gap !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + (single ?? expand((double ?? bare)!));
  }
  if (word !== undefined) words.push(word);
  return words;
}
