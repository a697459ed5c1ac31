import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { request } from "node:https";
import { connect } from "node:net";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { suite } from "../harness.ts";
import { startListener } from "./start.ts";

const test = suite("TLS");

/** Of `localhost`, signed by itself for these tests alone, until 2126. */
const cert = `-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUS+2ZZsR12ffgpegRhS5AdUIci/owCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDA3MjQwN1oYDzIxMjYxMDMx
MDcyNDA3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ11lBN4xs7jKDWfEgXKCjFQGGXRdt2VifxewTMdmu64w/ar0i7TGkV
ea+p+f4wShKQzpk26Xa84gKdVwwZtC4do2kwZzAdBgNVHQ4EFgQU0gQrbnWwXYrC
voftG51M8h4pHA0wHwYDVR0jBBgwFoAU0gQrbnWwXYrCvoftG51M8h4pHA0wDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhANDOrRLVaSsKgv/XIxC7HK0R+QTCvZEkcpdjGSc+mCJaAiEAnhYYubGz
ts9G7e6hDrW+GjDTUKqaULmKiWIpxRHJSGE=
-----END CERTIFICATE-----
`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2nqT6Nby5PYhCeD7
ooPx8cFXFH0xUoKH3+Af9HT2HLahRANCAAQ11lBN4xs7jKDWfEgXKCjFQGGXRdt2
VifxewTMdmu64w/ar0i7TGkVea+p+f4wShKQzpk26Xa84gKdVwwZtC4d
-----END PRIVATE KEY-----
`;

const { port, listener } = await startListener(
  { render: () => ({ html: "<div></div>" }) },
  { certificate: { cert, key } },
);
test.after(() => listener.close(0));

test("HTTP/1.1 is served where it is asked for", async () => {
  const outgoing = request({ port, host: "127.0.0.1", servername: "localhost", path: "/healthz", ca: cert }).end();
  const [response] = await once(outgoing, "response");
  assert.is(response.statusCode, 200);
  assert.is(response.httpVersion, "1.1");
  response.resume();
});

test("HTTP/2 is served where it is asked for", async () => {
  const session = connectHttp2(`https://localhost:${port}`, { ca: cert, lookup: toLoopback });
  const [headers] = await once(session.request({ ":path": "/healthz" }).resume(), "response");
  assert.is(headers[":status"], 200);
  session.close();
});

test("gRPC is served", async () => {
  const nodeOptions = { ca: cert, lookup: toLoopback };
  const client = createClient(
    DashboardsService,
    createGrpcTransport({ baseUrl: `https://localhost:${port}`, nodeOptions }),
  );
  assert.is((await client.render({})).html, "<div></div>");
});

test("what is not TLS is closed without an answer", async () => {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => (text += chunk)).on("error", () => {});
  socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(socket, "close");
  assert.not.match(text, /HTTP/);
});

/** Wherever the tests run, `localhost` is where the listener is. */
function toLoopback(
  _: string,
  __: object,
  callback: (error: null, addresses: { address: string; family: 4 }[]) => void,
) {
  callback(null, [{ address: "127.0.0.1", family: 4 }]);
}

test.run();
