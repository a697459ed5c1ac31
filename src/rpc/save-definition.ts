import { create, type DescMessage, type Message } from "@bufbuild/protobuf";
import {
  type PreviewDefinitionRequest,
  PreviewDefinitionRequestSchema,
  type SaveDefinitionRequest,
  SaveDefinitionRequestSchema,
  type ValidateDefinitionRequest,
  ValidateDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type Definition, DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { checkDefinition } from "../definition/check.ts";
import type { FieldProblem } from "../errors/fault.ts";

type CarriesDefinition = SaveDefinitionRequest | ValidateDefinitionRequest | PreviewDefinitionRequest;

const carriers: ReadonlySet<string> = new Set([
  SaveDefinitionRequestSchema.typeName,
  ValidateDefinitionRequestSchema.typeName,
  PreviewDefinitionRequestSchema.typeName,
]);

/** Returns the definition that a request carries: its fields of the same names and numbers. */
export function toDefinition(request: CarriesDefinition): Definition {
  const { dashboardId, layout, datasources, filters } = request;
  return create(DefinitionSchema, { dashboardId, layout, datasources, filters });
}

/** Finds the cross-field problems of a message that carries a definition; none in others. */
export function findCrossFieldProblems(schema: DescMessage, message: Message): readonly FieldProblem[] {
  return carriers.has(schema.typeName) ? checkDefinition(toDefinition(message as CarriesDefinition)) : [];
}
