import type { DescField, DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";
import { getComments } from "@bufbuild/protoplugin";

/** Returns the comment above an element: a line for each paragraph, an empty line between two. */
export function wordsOf(desc: DescField | DescMessage | DescMethod | DescService): string {
  const lines = (getComments(desc).leading ?? "").split("\n").map((line) => line.trim());
  const paragraphs = lines.join("\n").trim().split(/\n\n+/);
  return paragraphs.map((paragraph) => paragraph.replaceAll("\n", " ")).join("\n\n");
}

/** Splits words after their first sentence. */
export function splitSentence(words: string): { readonly first: string; readonly rest: string } {
  const [, first = words, rest = ""] = /^([\s\S]*?\.)\s+([\s\S]+)$/.exec(words) ?? [];
  return { first, rest };
}
