/**
 * Names that no connection may send, because they change how a message is framed, routed or read, because a
 * proxy or a cloud's metadata service believes them, or because we set them ourselves.
 */
const refused = new Set([
  ...[
    "host",
    "connection",
    "keep-alive",
    "upgrade",
    "http2-settings",
    "transfer-encoding",
    "te",
    "trailer",
    "trailers",
  ],
  ...["content-length", "content-type", "content-encoding", "content-range", "accept-encoding", "expect"],
  ...["range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"],
  ...["forwarded", "via", "x-real-ip", "x-original-url", "x-original-host", "x-rewrite-url", "x-host"],
  ...["x-http-method", "x-http-method-override", "x-method-override"],
  ...["metadata", "metadata-flavor", "x-google-metadata-request"],
]);

const refusedBeginnings = ["proxy-", "x-forwarded-", "x-envoy-", "grpc-", "x-aws-ec2-", "x-aliyun-ecs-", "sec-"];

/** Says whether a connection may send a header of that name, whatever its case. Cookies may be: some services log in by one. */
export function isOwnHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    /^[a-z][a-z0-9-]*$/.test(lower) && !refused.has(lower) && !refusedBeginnings.some((each) => lower.startsWith(each))
  );
}
