// The texts of the console.

import desk from "../../locales/en/console.ftl?raw";
import log from "../../locales/en/console-log.ftl?raw";
import probes from "../../locales/en/console-probes.ftl?raw";
import ready from "../../locales/en/console-ready.ftl?raw";

export const sources = [desk, log, probes, ready];
