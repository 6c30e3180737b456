// The floor of a cold start: the least that answers an HTTP request on this Node.
import { createServer } from "node:http";

createServer((request, response) => {
  request.resume().once("end", () => response.writeHead(204).end());
}).listen(Number(process.env["PORT"]));
