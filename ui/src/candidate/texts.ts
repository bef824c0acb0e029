// The texts of this window. The console adds files of its own beside them.

import end from "../../locales/en/end.ftl?raw";
import exam from "../../locales/en/exam.ftl?raw";
import home from "../../locales/en/home.ftl?raw";
import problems from "../../locales/en/problems.ftl?raw";
import probes from "../../locales/en/probes.ftl?raw";
import record from "../../locales/en/record.ftl?raw";
import rehearsal from "../../locales/en/rehearsal.ftl?raw";
import start from "../../locales/en/start.ftl?raw";
import window from "../../locales/en/window.ftl?raw";

export const sources = [window, home, rehearsal, start, exam, end, record, problems, probes];
