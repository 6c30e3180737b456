import { keptnContract } from "../../contract/keptn.contract.ts";
import { startKeptn } from "../../doubles/keptn/keptn-double.ts";

keptnContract("the double", () => startKeptn({ listenAfterMs: 15 }));
