import { DatabaseSync } from "node:sqlite";
import { fault } from "../../errors/fault.ts";

/**
 * Takes the data folder for this process, and returns what gives it back. A second process is refused
 * for as long as this one lives. SQLite locks the file by the operating system's own means, which end
 * with the process, however it ends; a file with a process id in it cannot promise that. And the lock
 * is there before any server is, so that only one process at a time does what a start does.
 */
export function takeOwnerLock(file: string): () => void {
  const lock = open(file);
  try {
    lock.exec("begin exclusive");
  } catch (cause) {
    lock.close();
    throw fault(
      "DEPENDENCY_DOWN",
      "another service is running on this data folder: stop it, or give this one a folder of its own",
      { cause },
    );
  }
  return () => lock.close();
}

function open(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file);
  } catch (cause) {
    throw fault("DEPENDENCY_DOWN", "the data folder is another user's: run as that user, or choose another folder", {
      cause,
    });
  }
}
