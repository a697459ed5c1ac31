import { SourceError } from "./source-error.ts";

/**
 * What a question fails with that nobody waits for any more. It says nothing of the source: it is neither logged nor
 * remembered, and is no outage to a circuit.
 */
export class Abandoned extends SourceError {
  constructor() {
    super("source_failed", "nobody waits for it any more");
    this.name = "Abandoned";
  }
}
