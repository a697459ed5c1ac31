import type { JsonValue, Message } from "@bufbuild/protobuf";
import type { ListValue, Value } from "@bufbuild/protobuf/wkt";

/**
 * What a method takes: a message, or an object with any of its fields by their names in camel case. Where the message
 * has a JSON value, as in `filters` and `rows`, plain JSON is taken.
 */
export type Input<T extends Message> = T | PlainInput<T>;

/** An object with any fields of a message. */
export type PlainInput<T extends Message> = {
  readonly [K in keyof T as K extends "$typeName" | "$unknown" ? never : K]?: FieldInput<T[K]> | undefined;
} & { readonly $typeName?: never };

type FieldInput<F> = F extends string | number | bigint | boolean | Uint8Array | undefined
  ? F
  : F extends Value
    ? JsonValue | Value
    : F extends ListValue
      ? readonly JsonValue[] | ListValue
      : F extends Message
        ? Input<F>
        : F extends readonly (infer E)[]
          ? readonly FieldInput<E>[]
          : F extends { case: infer C; value: infer V }
            ? { readonly case: C; readonly value: FieldInput<V> }
            : F extends { case: undefined }
              ? { readonly case?: undefined; readonly value?: undefined }
              : { readonly [K in keyof F]: FieldInput<F[K]> };
