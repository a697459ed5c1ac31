import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import {
  ColumnSchema,
  type QueryResponse,
  QueryResponseSchema,
} from "../../../gen/datajetty/source/v1/source_service_pb.js";
import { maxColumns } from "../column-builder.ts";

/** Of a list, beside its values. */
const listCost = 10;

/** Values in all: as many as 10,000 rows of 100 columns have, and what else such columns hold. */
const maxValues = 1_000_000 + maxColumns * 2 * listCost;

/**
 * Reads a message. Returns what is wrong with one that is none, or that holds more than 100 columns or a
 * million values: 4 MiB can hold so many that reading them would hold up everyone, so they are counted first.
 */
export function readMessage(message: Uint8Array): QueryResponse | string {
  try {
    const { columns, values } = count(message);
    if (columns > maxColumns) return `has more than ${maxColumns} columns`;
    if (values > maxValues) return "has more than a million values";
    return fromBinary(QueryResponseSchema, message, { readUnknownFields: false });
  } catch {
    return "is no QueryResponse";
  }
}

/** Counts without making anything, and goes no further than the limits. Each field counts, whatever it is. */
function count(message: Uint8Array): { columns: number; values: number } {
  let columns = 0;
  let values = 0;
  scan(
    message,
    (field, reader, wireType) => {
      values += 1;
      if (field !== columnsField || wireType !== WireType.LengthDelimited) return false;
      columns += 1;
      values += countColumn(reader.bytes(), maxValues - values);
      return true;
    },
    () => columns <= maxColumns && values <= maxValues,
  );
  return { columns, values };
}

function countColumn(column: Uint8Array, limit: number): number {
  let values = 0;
  scan(
    column,
    (field, reader, wireType) => {
      values += 1;
      if (field < nullsField || wireType !== WireType.LengthDelimited) return false;
      // Fields that are no list make a message each when they are read, and only the last one stays.
      values +=
        field === nullsField
          ? countVarints(reader.bytes())
          : listCost + countList(field, reader.bytes(), limit - values);
      return true;
    },
    () => values <= limit,
  );
  return values;
}

function countList(list: number, values: Uint8Array, limit: number): number {
  const isText = textLists.has(list);
  let count = 0;
  scan(
    values,
    (_, reader, wireType) => {
      const isPacked = wireType === WireType.LengthDelimited && !isText;
      if (!isPacked) {
        count += 1;
        return false;
      }
      const packed = reader.bytes();
      count += 1 + (list === doublesField ? packed.length / 8 : countVarints(packed));
      return true;
    },
    () => count <= limit,
  );
  return count;
}

const columnsField = QueryResponseSchema.field.columns.number;
const nullsField = ColumnSchema.field.nulls.number;
const doublesField = ColumnSchema.field.doubles.number;
const textLists: ReadonlySet<number> = new Set([ColumnSchema.field.decimals.number, ColumnSchema.field.strings.number]);

/** Visits each field, as long as there is use in it. A visit returns whether it has read the field. */
function scan(
  message: Uint8Array,
  visit: (field: number, reader: BinaryReader, wireType: WireType) => boolean,
  goesOn: () => boolean,
): void {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len && goesOn()) {
    const [field, wireType] = reader.tag();
    if (!visit(field, reader, wireType)) reader.skip(wireType, field);
  }
}

/** The last byte of each has its highest bit unset. */
function countVarints(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at]! < 0x80) count += 1;
  return count;
}
