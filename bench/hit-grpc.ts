import { type Benchmark, speedAtLeast } from "./benchmark.ts";
import { openTwelvePanels } from "./boards.ts";
import { compareKept } from "./compare-kept.ts";
import { grpc } from "./grpc.ts";

/** A page that is kept, as another service asks for it. */
export const benchmark: Benchmark = {
  name: "hit-grpc",
  about: "a kept render of 12 panels by gRPC, and a server of grpc-js answering with the same message",
  unit: "us of CPU a request",
  goal: speedAtLeast(1),
  run: (progress) => compareKept(openTwelvePanels, grpc, progress),
};
