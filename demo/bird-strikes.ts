import { strikeAirports } from "./bird-strike-airports.ts";
import { readDemoCsv } from "./csv.ts";

/** A plane that hit a bird, or another animal. */
export type BirdStrike = {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** The airport's IATA code, and its state. */
  readonly airport: string;
  readonly state: string;
  readonly species: string;
  readonly size: string;
  readonly phase: string;
  readonly time_of_day: string;
  readonly aircraft: string;
  readonly operator: string;
  readonly damage: string;
  /** Undefined where it was not reported. */
  readonly speed_knots: number | undefined;
  readonly cost_usd: number;
};

/** What makes groups of strikes. */
export type Dimension = "day" | "month" | Exclude<keyof BirdStrike, "day" | "aircraft" | "speed_knots" | "cost_usd">;

/** Strikes that have something in common. */
export type StrikeGroup = {
  /** A day, also for a month: its first. */
  readonly key: string;
  readonly strikes: number;
  readonly damaging: number;
  readonly cost_usd: number;
};

/** Reads the reports of bird strikes that the Federal Aviation Administration got, at 50 airports, 1990 to 2002. */
export async function readBirdStrikes(): Promise<readonly BirdStrike[]> {
  return (await readDemoCsv("birdstrikes.csv")).map((row) => {
    const [airport = "", state = ""] = strikeAirports.get(row["Airport Name"] ?? "") ?? [];
    const speed = row["Speed IAS in knots"] ?? "";
    return {
      day: row["Flight Date"] ?? "",
      airport,
      state,
      species: row["Wildlife Species"] ?? "",
      size: row["Wildlife Size"] ?? "",
      phase: row["Phase of flight"] ?? "",
      time_of_day: row["Time of day"] ?? "",
      aircraft: row["Aircraft Make Model"] ?? "",
      operator: row["Aircraft Airline Operator"] ?? "",
      damage: row["Effect Amount of damage"] ?? "",
      speed_knots: speed === "" ? undefined : Number(speed),
      cost_usd: Number(row["Cost Total $"]),
    };
  });
}

/** Groups strikes: by time in its order, by anything else the largest group first. */
export function groupStrikes(strikes: readonly BirdStrike[], dimension: Dimension): StrikeGroup[] {
  const keyOf = (strike: BirdStrike) => (dimension === "month" ? `${strike.day.slice(0, 7)}-01` : strike[dimension]);
  const groups = [...Map.groupBy(strikes, keyOf)].map(([key, members]) => ({
    key,
    strikes: members.length,
    damaging: members.filter(({ damage }) => damage !== "None").length,
    cost_usd: members.reduce((sum, each) => sum + each.cost_usd, 0),
  }));
  const byKey = (a: StrikeGroup, b: StrikeGroup) => (a.key < b.key ? -1 : 1);
  const byStrikes = (a: StrikeGroup, b: StrikeGroup) => b.strikes - a.strikes || byKey(a, b);
  return groups.sort(dimension === "day" || dimension === "month" ? byKey : byStrikes);
}
