import { type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { type Definition, DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { MessageJson } from "./differing-fields.ts";
import { panelIds, placePanels } from "./panel.ts";
import { readingOrder } from "./reading-order.ts";

/** A definition, by what can be looked up in it. */
export type Shown = {
  /** By id, in reading order. */
  readonly panels: ReadonlyMap<string, Panel>;
  /** All datasources that a panel shows, by way of others too, its own last. */
  readonly readBy: (panel: Panel) => readonly Datasource[];
  readonly json: MessageJson;
};

/** What there is where nothing was saved yet. */
export const nothingShown: Shown = { panels: new Map(), readBy: () => [], json: {} };

/** Reads a definition. */
export function readShown(definition: Definition): Shown {
  const { datasources } = definition;
  const layout = definition.layout!;
  const ids = panelIds(layout);
  return {
    panels: new Map(placePanels(layout).map(({ index }) => [ids[index]!, layout.panels[index]!])),
    readBy(panel) {
      const shown = datasources.find(({ id }) => id === panel.datasource);
      return shown === undefined ? [] : (readingOrder(shown, datasources) ?? [shown]);
    },
    json: messageToJson(DefinitionSchema, definition),
  };
}

/** Returns a message as JSON, by the proto's own names. */
export function messageToJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): MessageJson {
  return toJson(schema, message, { useProtoFieldName: true }) as MessageJson;
}
