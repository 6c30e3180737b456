// start-job as a process.
import { serve } from "../lib/host/server.ts";
import { makeProgram } from "./index.ts";

void serve(makeProgram, process.env);
