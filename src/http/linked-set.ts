/** Members in the order in which they were added. */
export type LinkedSet<T extends object> = Iterable<T> & {
  /** Adds a member, and returns what takes it out again, once. */
  add(member: T): () => void;
  isEmpty(): boolean;
};

type Link<T> = { readonly member: T | undefined; before: Link<T>; after: Link<T> };

/**
 * Creates an empty set for members that come and go by the thousand a second. Each time a `Set` has made room, the
 * table that it had still leads to what was in it and to the next one: once the collector has taken one such table for
 * long-lived, it carries all later members along with it.
 */
export function createLinkedSet<T extends object>(): LinkedSet<T> {
  const ends = {} as Link<T>;
  [ends.before, ends.after] = [ends, ends];

  return {
    add(member) {
      const link: Link<T> = { member, before: ends.before, after: ends };
      ends.before.after = link;
      ends.before = link;
      return () => {
        link.before.after = link.after;
        link.after.before = link.before;
        // Leads to itself, so that it leads to nothing that comes later, and to take it out twice does nothing.
        [link.before, link.after] = [link, link];
      };
    },
    isEmpty: () => ends.after === ends,
    *[Symbol.iterator]() {
      for (let link = ends.after; link !== ends; ) {
        // The member may be taken out meanwhile.
        const { after } = link;
        yield link.member!;
        link = after;
      }
    },
  };
}
