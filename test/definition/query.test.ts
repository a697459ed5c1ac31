import fc from "fast-check";
import * as assert from "uvu/assert";
import { createBinding } from "../../src/definition/filter-value.ts";
import { bindQuery, parseQuery } from "../../src/definition/query.ts";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { cpuMsOf } from "../cpu-time.ts";
import { suite } from "../harness.ts";

const test = suite("definition/query");

test("a placeholder becomes a parameter, once for each time that it stands there", () => {
  assert.equal(bind("select * from t where a = :a and (b=:b or :b is null)", { a: 1, b: 2 }), {
    sql: "select * from t where a = $a and (b=$b or $b is null)",
    names: ["a", "b"],
  });
});

for (const [what, text] of [
  ["a cast", "select a::int, 'x'::text, (a)::int from t"],
  ["a slice", "select x[1:n], x[n:m], x[(i):n], x[:2], x[1:] from t"],
  ["a struct", "select {'key':n, \"k\":n, k:n}"],
  ["a named argument", "select f(a := 1)"],
  ["an alias in front", "select a:b, c: d from t"],
  ["a string", "select 'it''s :a', '\\', ':b' from t"],
  ["a string with escapes", "select E'it\\'s :a', e'\\\\', E'a'\n -- it's\n 'b\\':c' from t"],
  ["a quoted name", 'select ":a", "x"":b" from t'],
  ["a dollar-quoted string", "select $$ :a ' $x$ $$, $tag$ :b $$ $tag$ from t"],
  ["a comment", "select 1 -- :a it's\n/* :b /* :c */ :d ' */ from t"],
  ["a time", "select '10:30', 10:30"],
  ["a word that is not ASCII", "select größe, 数::int, '\u00a0\u2028:a', \"🙂\" -- 🙂"],
  ["a name that holds a dollar", "select a$b$c from t"],
] as const) {
  test(`${what} holds no placeholder`, () => {
    assert.equal(bind(text, {}), { sql: text, names: [] });
  });
}

test("a slice takes a placeholder behind a blank, and in brackets", () => {
  assert.is(bind("select x[1 : :n], x[:n], x[1:(:n)]", {}).sql, "select x[1 : $n], x[$n], x[1:($n)]");
});

test("an optional clause goes when one of its placeholders is unset, and stays when all are set", () => {
  const text = "select 1 from t where true [[and a = :a and b = :b]]group by 1";
  assert.equal(bind(text, { a: 0, b: false }), {
    sql: "select 1 from t where true  and a = $a and b = $b group by 1",
    names: ["a", "b"],
  });
  assert.equal(bind(text, { a: 0, b: null }), { sql: "select 1 from t where true  group by 1", names: [] });
  assert.equal(bind(text, { a: 0 }).names, []);
});

test("a placeholder outside of optional clauses is bound also when it is unset", () => {
  assert.equal(bind("select :a [[ + :a ]]", { a: null }), { sql: "select $a ", names: ["a"] });
});

test("lists of lists are no optional clauses", () => {
  for (const text of ["select [[1,2],[3]]", "select [[]], [[[1]],[[2]]]", "select [[1, 2] ]", "select x[[1,2][1]]"]) {
    assert.is(bind(text, {}).sql, text);
  }
  assert.is(bind("select [[:a, 1], [2]], [ [:a] ]", { a: null }).sql, "select [[$a, 1], [2]], [ [$a] ]");
});

test("an optional clause may hold lists, slices and brackets in strings", () => {
  const text = "select 1 [[ and a = [[1],[2]] and x[y[1]] = any([:a]) and s = ']] [[' /* ]] */ ]] limit 1";
  assert.is(bind(text, { a: null }).sql, "select 1   limit 1");
  assert.match(bind(text, { a: 1 }).sql, "and x[y[1]] = any([$a]) and s = ']] [[' /* ]] */");
  assert.is(bind("select 1 [[[:a]]]", { a: null }).sql, "select 1 ");
});

test("semicolons at the end are dropped", () => {
  assert.is(bind("select ';' -- ;\n; -- done;\n ;", {}).sql, "select ';' -- ;\n -- done;\n ");
});

for (const [what, text, line] of [
  ["two statements", "select 1;\nselect 2", 1],
  ["a second statement behind an empty one", "select 1;; /* */ select 2", 1],
  ["an unclosed string", "select 1,\n'a", 2],
  ["an unclosed string with escapes", "select E'a\\'", 1],
  ["an unclosed quoted name", 'select "a', 1],
  ["an unclosed comment", "select /* /* */ 1", 1],
  ["an unclosed dollar quote", "select $a$ $b$", 1],
  ["an unclosed clause", "select 1\n\n[[ and a = :a ]", 3],
  ["a clause that is closed twice", "select 1 [[ and a = :a ]]]]", 1],
  ["a nested clause", "select 1 [[ and a = :a [[ and b = :b ]] ]]", 1],
  ["a positional parameter", "select\n?", 2],
  ["a numbered parameter", "select $1", 1],
  ["a named parameter", "select $name", 1],
  ["a parameter behind a number", "select 1$a", 1],
  ["a placeholder with a name that no filter can have", `select :${"a".repeat(65)}`, 1],
  ["a no-break space", "select\n1\u00a0$$ ' $$; select 2 --'", 2],
  ["a placeholder with a name that is not ASCII", "select :naïve", 1],
] as const) {
  test(`${what} is refused, naming the line`, () => {
    const { reason, body } = refusal(text);
    assert.is(reason, "INVALID_DEFINITION");
    assert.match(body.message, `line ${line}: `);
  });
}

test("nothing but comments, and names that differ only in case, are refused", () => {
  assert.match(refusal(" -- select 1\n;").body.message, "no statement");
  assert.match(refusal("select :Region, :region").body.message, "case");
});

test("placeholders are listed once, in order, each with the line where it stands first", () => {
  const template = parseQuery("select :b,\n:a, :b\n, [[ :c ]] :a");
  assert.equal(template.placeholders, ["b", "a", "c"]);
  assert.equal(
    [...template.lines],
    [
      ["b", 1],
      ["a", 2],
      ["c", 3],
    ],
  );
});

test("a query of 64 KiB is read quickly, whatever it is made of", () => {
  for (const part of ["[[", "[[:a]]", ":a ", "/*", "$a", "$", "a$", "'", "''", "--", "E'\\", "]]", "::", ";"]) {
    const tookMs = cpuMsOf(() => parseOrRefuse(part.repeat(65_536 / part.length)));
    assert.ok(tookMs < 1_000, `${part} takes ${tookMs} ms`);
  }
});

test("whatever the text is made of, binding changes placeholders, clauses and semicolons only", () => {
  const part = fc.constantFrom(
    ...[
      "'",
      '"',
      "$$",
      "$t$",
      "--",
      "\n",
      "/*",
      "*/",
      ":a",
      ":b",
      "::",
      "[[",
      "]]",
      "[",
      "]",
      ";",
      "x",
      "1",
      " ",
      "E'",
      "\\",
      "?",
    ],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 24 }), (parts) => {
      const text = parts.join("");
      const template = parseOrRefuse(text);
      if (template === undefined) return;
      const whole = template.clauses.flatMap(({ optional, pieces }) => [
        optional ? "[[" : "",
        ...pieces.map((piece) => (typeof piece === "string" ? piece : `:${piece.name}`)),
        optional ? "]]" : "",
      ]);
      const strip = (sql: string) => sql.replace(/;/g, "");
      assert.is(strip(whole.join("")), strip(text));
      const { sql } = bindQuery(template, createBinding(template.placeholders.map((name) => [name, 1])));
      const bare = (sql: string) => sql.replace(/\[\[|\]\]|[;$:\s]/g, "");
      assert.is(bare(sql), bare(text));
    }),
    { numRuns: 2_000 },
  );
});

function bind(text: string, values: Record<string, string | number | boolean | null>) {
  return bindQuery(parseQuery(text), createBinding(Object.entries(values)));
}

function refusal(text: string) {
  try {
    parseQuery(text);
  } catch (error) {
    return toErrorAnswer(error);
  }
  throw new Error("the query was read");
}

function parseOrRefuse(text: string) {
  try {
    return parseQuery(text);
  } catch (error) {
    assert.is(toErrorAnswer(error).reason, "INVALID_DEFINITION");
    return undefined;
  }
}

test.run();
