// Starts the candidate's window.

import { mount } from "svelte";
import { dispatch, lobby, subscribe } from "../shared/host";
import { setTexts } from "../shared/fluent";
import { applyLook } from "../shared/look";
import "../shared/fonts.css";
import "../shared/theme.css";
import "../shared/base.css";
import "../shared/content.css";
import App from "./App.svelte";
import { Client } from "./client.svelte";
import { sources } from "./texts";

setTexts(new URLSearchParams(location.search).get("lang") ?? "en", sources);
const client = new Client({ lobby, dispatch, subscribe });
applyLook(client.settings);
mount(App, { target: document.getElementById("app") ?? document.body, props: { client } });
void client.start();
