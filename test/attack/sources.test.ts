/**
 * Hostile filters, queries, addresses and upstreams against the real service, which reads a real warehouse and
 * upstreams that lie. All of it runs in a network namespace of its own, from which nothing gets out and where every
 * contact is seen; where the kernel allows none, on loopback, without the cases whose success would leave the
 * machine. A case that did not run has failed.
 */
import { suite } from "../harness.ts";
import { declareWorld } from "./declare.ts";

const test = suite("attack on sources");
declareWorld(test, "source");
test.run();
