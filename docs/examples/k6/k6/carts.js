// k6 ends with exit code 99 when a threshold is crossed, and so does the task.
import http from "k6/http";
import { check } from "k6";

export const options = {
  vus: 5,
  duration: "30s",
  thresholds: { checks: ["rate>0.99"], http_req_duration: ["p(95)<300"] },
};

export default function () {
  const answer = http.get(`${__ENV.HOST}/carts/1/items`);
  check(answer, { "answers 200": ({ status }) => status === 200 });
}
