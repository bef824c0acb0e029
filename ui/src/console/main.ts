// Starts the console.

import { mount } from "svelte";
import { setTexts } from "../shared/fluent";
import "../shared/fonts.css";
import "../shared/theme.css";
import "../shared/base.css";
import App from "./App.svelte";
import "./console.css";
import { Desk } from "./desk.svelte";
import { sources } from "./texts";

setTexts(new URLSearchParams(location.search).get("lang") ?? "en", sources);
const desk = new Desk();
mount(App, { target: document.getElementById("app") ?? document.body, props: { desk } });
void desk.start();
