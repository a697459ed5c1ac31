/** `npm start`: runs the service until it is told to end, and tells a developer where to look. */
import { start } from "./main/start.ts";

await start(process.env);
