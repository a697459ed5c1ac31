import { type Benchmark, speedAtLeast } from "./benchmark.ts";
import { openTwelvePanels } from "./boards.ts";
import { compareKept } from "./compare-kept.ts";
import { grpc } from "./grpc.ts";

/** A page that is kept, as another service asks for it. */
export const benchmark: Benchmark = {
  name: "hit-grpc",
  about:
    "a kept render of 12 panels by gRPC, as the kept gzip that grpc-js's clients offer to take, " +
    "and a server of grpc-js sending the same message as identity",
  unit: "us of CPU a request",
  goal: speedAtLeast(1),
  run: (progress) => compareKept(openTwelvePanels, grpc, progress),
};
