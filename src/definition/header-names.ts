/**
 * Names that no connection may send, because they change how a message is framed, routed or read, because a
 * proxy or a cloud's metadata service believes them, or because we set them ourselves.
 */
const refused = new Set([
  ...["host", "connection", "keep-alive", "upgrade", "http2-settings"],
  ...["transfer-encoding", "te", "trailer", "trailers", "accept-encoding", "expect", "range"],
  ...["forwarded", "via", "x-real-ip", "x-original-url", "x-original-host", "x-rewrite-url", "x-host"],
  ...["x-http-method", "x-http-method-override", "x-method-override"],
  ...["metadata", "metadata-flavor", "x-google-metadata-request"],
]);

const refusedBeginnings = [
  ...["content-", "if-", "sec-", "grpc-"],
  ...["proxy-", "x-forwarded-", "x-envoy-"],
  ...["x-aws-ec2-", "x-aliyun-ecs-"],
];

/** Says whether a connection may send a header of that name, whatever its case. Cookies may be: some services log in by one. */
export function isOwnHeader(name: string): boolean {
  const lower = name.toLowerCase();
  const isRefused = refused.has(lower) || refusedBeginnings.some((each) => lower.startsWith(each));
  return /^[a-z][a-z0-9-]*$/.test(lower) && !isRefused;
}
